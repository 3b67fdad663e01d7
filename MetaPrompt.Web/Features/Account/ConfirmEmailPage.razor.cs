using MetaPrompt.Data.Accounts;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Account;

/// <summary><c>/confirm-email</c>: where a confirmation mail leads. Only sending the form uses the link up.</summary>
public sealed partial class ConfirmEmailPage : ComponentBase
{
    private readonly FormErrors _errors = new();
    private bool _usable = true;

    [SupplyParameterFromForm(FormName = "confirm")]
    private Input Form { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "token")]
    private string? Token { get; set; }

    [SupplyParameterFromQuery(Name = "token_hash")]
    private string? TokenHash { get; set; }

    [SupplyParameterFromQuery(Name = "code")]
    private string? Code { get; set; }

    protected override void OnInitialized()
    {
        Page.KeepPrivate();
        Form ??= new();
        if (Token is null && TokenHash is null && Code is null)
            Refuse(new Refused(Refusal.LinkExpired));
        // Supabase has confirmed the address before it sends a code; only signing in by it is bound to the browser.
        else if (Code is not null && TokenHash is null && Page.Verifier("confirm-email") is null)
            Navigation.NavigateTo("/login?done=confirmed");
    }

    private async Task SubmitAsync()
    {
        if (Token is not null && string.IsNullOrEmpty(Form.Password))
        {
            _errors.Add(nameof(Form.Password), "Type your password.");
            return;
        }

        if (Page.Throttled(Gate.Password) is { } wait)
        {
            _errors.Add(Page.Words(wait));
            return;
        }

        var link = new MailedLink { Token = Token, TokenHash = TokenHash, Code = Code, Verifier = Page.Verifier("confirm-email") };
        var stop = Page.Http.RequestAborted;
        switch (await Accounts.ConfirmAsync(link, Form.Password, stop))
        {
            case SignedIn signedIn when await Cookie.OpenAsync(Page.Http, signedIn, stop):
                Page.DropVerifier("confirm-email");
                Navigation.NavigateTo(ReturnAddress.Usual);
                break;
            case Refused { Reason: Refusal.WrongCredentials }:
                _errors.Add(nameof(Form.Password), "That is not the password of this sign-up. Try again, or sign up once more for a new link.");
                break;
            case Refused { Reason: Refusal.LinkExpired or Refusal.OtherBrowser or Refusal.NotCreated } refused:
                Refuse(refused);
                break;
            case Refused refused:
                _errors.Add(Page.Words(refused));
                break;
            default:
                _errors.Add(RefusalWords.For(new Refused(Refusal.Unavailable)));
                break;
        }
    }

    private void Refuse(Refused refused)
    {
        _usable = false;
        _errors.Add(refused.Reason == Refusal.LinkExpired
            ? "This link no longer works: it has been used, or it is too old. If you have confirmed already, sign in; else sign up again."
            : Page.Words(refused));
    }

    /// <summary>What the form sends.</summary>
    public sealed class Input
    {
        public string? Password { get; set; }
    }
}
