using MetaPrompt.Data.Accounts;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Account;

/// <summary>
/// <c>/reset-password</c>: where a reset mail leads. Looking at it uses nothing up (mail programs look at links too); only
/// sending the form does.
/// </summary>
public sealed partial class ResetPasswordPage : ComponentBase
{
    private readonly FormErrors _errors = new();
    private bool _usable = true;
    private string? _continuation;

    [SupplyParameterFromForm(FormName = "reset")]
    private Input Form { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "token")]
    private string? Token { get; set; }

    [SupplyParameterFromQuery(Name = "token_hash")]
    private string? TokenHash { get; set; }

    [SupplyParameterFromQuery(Name = "code")]
    private string? Code { get; set; }

    protected override async Task OnInitializedAsync()
    {
        Page.KeepPrivate();
        Form ??= new();
        _continuation = Form.Continuation;
        if (HttpMethods.IsPost(Page.Http.Request.Method))
            return;

        if (!await Accounts.MayResetAsync(Link(), Page.Http.RequestAborted))
            Refuse(new Refused(Refusal.LinkExpired));
        else if (Code is not null && TokenHash is null && Page.Verifier("reset-password") is null)
            Refuse(new Refused(Refusal.OtherBrowser));
    }

    private async Task SubmitAsync()
    {
        _errors.Add(nameof(Form.Password), PasswordRules.Problem(Form.Password));
        if (_errors.Any)
            return;

        if (Page.Throttled(Gate.Mail) is { } wait)
        {
            _errors.Add(Page.Words(wait));
            return;
        }

        var stop = Page.Http.RequestAborted;
        switch (await Accounts.ResetPasswordAsync(Link(), Form.Password!, stop))
        {
            case PasswordSet done:
                Page.DropVerifier("reset-password");
                await Sessions.EndAllAsync(done.UserId, exceptSecret: null, stop);
                Security.Did("Password reset by a mailed link, all sessions ended", done.UserId);
                Navigation.NavigateTo("/login?done=password");
                break;
            case Refused { Reason: Refusal.WeakPassword or Refusal.CommonPassword or Refusal.SamePassword } refused:
                _continuation = refused.Continuation is { } right ? Page.Protect(right) : _continuation;
                _errors.Add(nameof(Form.Password), Page.Words(refused));
                break;
            case Refused { Reason: Refusal.LinkExpired or Refusal.OtherBrowser } refused:
                Refuse(refused);
                break;
            case Refused refused:
                _continuation = refused.Continuation is { } still ? Page.Protect(still) : _continuation;
                _errors.Add(Page.Words(refused));
                break;
        }
    }

    private MailedLink Link() => new()
    {
        Token = Token,
        TokenHash = TokenHash,
        Code = Code,
        Verifier = Page.Verifier("reset-password"),
        Continuation = Page.Unprotect(Form.Continuation),
    };

    private void Refuse(Refused refused)
    {
        _usable = false;
        _errors.Add(Page.Words(refused));
    }

    /// <summary>What the form sends.</summary>
    public sealed class Input
    {
        public string? Password { get; set; }
        public string? Continuation { get; set; }
    }
}
