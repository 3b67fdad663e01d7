using MetaPrompt.Data.Accounts;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Account;

/// <summary><c>/forgot-password</c>: sends a link, and says the same where there is nobody to send it to.</summary>
public sealed partial class ForgotPasswordPage : ComponentBase
{
    private readonly FormErrors _errors = new();
    private bool _sent;

    [SupplyParameterFromForm(FormName = "forgot")]
    private Input Form { get; set; } = default!;

    protected override void OnInitialized()
    {
        Page.KeepPrivate();
        Form ??= new();
    }

    private async Task SubmitAsync()
    {
        if (EmailAddress.TryNormalise(Form.Email) is not { } email)
        {
            _errors.Add(nameof(Form.Email), SignUpPage.EmailProblem);
            return;
        }

        if (Page.Throttled(Gate.Mail) is { } wait)
        {
            _errors.Add(Page.Words(wait));
            return;
        }

        var stop = Page.Http.RequestAborted;
        switch (await Page.EvenlyAsync(() => Accounts.SendResetLinkAsync(email, Page.Site, stop), stop))
        {
            case CheckMail check:
                Page.KeepVerifier("reset-password", check.Verifier);
                _sent = true;
                break;
            case Refused refused:
                _errors.Add(Page.Words(refused));
                break;
        }
    }

    /// <summary>What the form sends.</summary>
    public sealed class Input
    {
        public string? Email { get; set; }
    }
}
