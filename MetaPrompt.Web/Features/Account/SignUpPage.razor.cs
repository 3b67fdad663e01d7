using MetaPrompt.Data.Accounts;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Account;

/// <summary><c>/signup</c>: makes an account, or sends a link that will.</summary>
public sealed partial class SignUpPage : ComponentBase
{
    private readonly FormErrors _errors = new();
    private bool _mailed;

    [SupplyParameterFromForm(FormName = "signup")]
    private Input Form { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "returnUrl")]
    private string? ReturnUrl { get; set; }

    [Inject] private IAccounts Accounts { get; set; } = default!;

    [Inject] private SessionCookie Cookie { get; set; } = default!;

    [Inject] private AccountRequest Page { get; set; } = default!;

    [Inject] private NavigationManager Navigation { get; set; } = default!;

    protected override void OnInitialized()
    {
        Page.KeepPrivate();
        Form ??= new();
        if (HttpMethods.IsGet(Page.Http.Request.Method) && Page.Http.User.Identity?.IsAuthenticated == true)
            Navigation.NavigateTo(ReturnAddress.Or(ReturnUrl));
    }

    private async Task SubmitAsync()
    {
        var name = Form.FullName?.Trim() ?? "";
        var email = EmailAddress.TryNormalise(Form.Email);
        _errors.Add(nameof(Form.FullName), NameProblem(name));
        _errors.Add(nameof(Form.Email), email is null ? EmailProblem : null);
        _errors.Add(nameof(Form.Password), PasswordRules.Problem(Form.Password, email, name));
        if (_errors.Any)
            return;

        if (Page.Throttled(Gate.SignUp) is { } wait)
        {
            _errors.Add(Page.Words(wait));
            return;
        }

        var account = new NewAccount { Email = email!, FullName = name, Password = Form.Password! };
        var stop = Page.Http.RequestAborted;
        switch (await Page.EvenlyAsync(() => Accounts.SignUpAsync(account, Page.Site, stop), stop))
        {
            case SignedIn signedIn when await Cookie.OpenAsync(Page.Http, signedIn, stop):
                Navigation.NavigateTo(ReturnAddress.Or(ReturnUrl));
                break;
            case SignedIn:
                _errors.Add(RefusalWords.For(new Refused(Refusal.Unavailable)));
                break;
            case CheckMail check:
                Page.KeepVerifier("confirm-email", check.Verifier);
                _mailed = true;
                break;
            case Refused { Reason: Refusal.WeakPassword or Refusal.CommonPassword } refused:
                _errors.Add(nameof(Form.Password), Page.Words(refused));
                break;
            case Refused refused:
                // A password can be guessed at by this form too.
                await Page.NoteFailureAsync(email!, refused);
                _errors.Add(Page.Words(refused));
                break;
        }
    }

    internal const string EmailProblem = "Type your mail address, as in name@example.com.";

    internal static string? NameProblem(string name) =>
        name.Length == 0 ? "Type your name, or what you want to be called."
        : name.Length > 255 ? "That name is longer than 255 characters. Shorten it."
        : name.Any(char.IsControl) ? "That name has characters that cannot be shown. Type it again."
        : null;

    /// <summary>What the form sends.</summary>
    public sealed class Input
    {
        public string? FullName { get; set; }
        public string? Email { get; set; }
        public string? Password { get; set; }
    }
}
