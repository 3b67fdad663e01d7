using MetaPrompt.Data.Accounts;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Account;

/// <summary><c>/login</c>: opens a session.</summary>
public sealed partial class SignInPage : ComponentBase
{
    private readonly FormErrors _errors = new();

    [SupplyParameterFromForm(FormName = "login")]
    private Input Form { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "returnUrl")]
    private string? ReturnUrl { get; set; }

    [SupplyParameterFromQuery(Name = "done")]
    private string? Done { get; set; }

    [Inject] private IAccounts Accounts { get; set; } = default!;

    [Inject] private SessionCookie Cookie { get; set; } = default!;

    [Inject] private AccountRequest Page { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    private string? Notice => Done switch
    {
        "password" => "Your password is changed, and every session has ended. Sign in with the new one.",
        "deleted" => "Your account is deleted, and everything that was in it.",
        "confirmed" => "Your address is confirmed. Sign in.",
        _ => null,
    };

    protected override void OnInitialized()
    {
        Page.KeepPrivate();
        Form ??= new();
        if (HttpMethods.IsGet(Page.Http.Request.Method) && Page.Http.User.Identity?.IsAuthenticated == true)
            Navigation.NavigateTo(ReturnAddress.Or(ReturnUrl));
    }

    private async Task SubmitAsync()
    {
        var email = EmailAddress.TryNormalise(Form.Email);
        _errors.Add(nameof(Form.Email), email is null ? SignUpPage.EmailProblem : null);
        _errors.Add(nameof(Form.Password), string.IsNullOrEmpty(Form.Password) ? "Type your password." : null);
        if (_errors.Any)
            return;

        if (Page.Throttled(Gate.Password) is { } wait)
        {
            await Page.NoteFailureAsync(email!, wait, throttled: true);
            _errors.Add(Page.Words(wait));
            return;
        }

        var stop = Page.Http.RequestAborted;
        switch (await Accounts.SignInAsync(email!, Form.Password!, stop))
        {
            case SignedIn signedIn when await Cookie.OpenAsync(Page.Http, signedIn, stop):
                Navigation.NavigateTo(ReturnAddress.Or(ReturnUrl));
                break;
            case Refused refused:
                await Page.NoteFailureAsync(email!, refused);
                _errors.Add(Page.Words(refused));
                break;
            default:
                _errors.Add(RefusalWords.For(new Refused(Refusal.Unavailable)));
                break;
        }
    }

    /// <summary>What the form sends.</summary>
    public sealed class Input
    {
        public string? Email { get; set; }
        public string? Password { get; set; }
    }
}
