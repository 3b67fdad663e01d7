using MetaPrompt.Data.Accounts;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Account;

/// <summary>Changes the password of somebody who knows it; this browser stays signed in, with a new session.</summary>
public sealed partial class PasswordForm : ComponentBase
{
    private readonly FormErrors _errors = new();

    /// <summary>Whose password.</summary>
    [Parameter, EditorRequired] public Profile Profile { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "password")]
    private Input Form { get; set; } = default!;

    protected override void OnInitialized() => Form ??= new();

    private async Task SubmitAsync()
    {
        _errors.Add(nameof(Form.Current), string.IsNullOrEmpty(Form.Current) ? "Type the password you have now." : null);
        _errors.Add(nameof(Form.Wanted), PasswordRules.Problem(Form.Wanted, Profile.Email, Profile.FullName));
        if (_errors.Any)
            return;

        if (Page.Throttled(Gate.Password) is { } wait)
        {
            _errors.Add(Page.Words(wait));
            return;
        }

        var stop = Page.Http.RequestAborted;
        var outcome = await Accounts.ChangePasswordAsync(Profile.Email, Form.Current!, Form.Wanted!, stop);
        if (outcome is Refused failed)
            await Page.NoteFailureAsync(Profile.Email, failed);
        switch (outcome)
        {
            case SignedIn signedIn when signedIn.Account.Id == Profile.Id:
                await Sessions.EndAllAsync(Profile.Id, exceptSecret: null, stop);
                Security.Did("Password changed, all sessions ended", Profile.Id);
                var opened = await Cookie.OpenAsync(Page.Http, signedIn, stop);
                Navigation.NavigateTo(opened ? "/account?done=password" : "/login?done=password");
                break;
            case Refused { Reason: Refusal.WrongCredentials }:
                _errors.Add(nameof(Form.Current), "That is not the password of this account.");
                break;
            case Refused { Reason: Refusal.WeakPassword or Refusal.CommonPassword or Refusal.SamePassword } refused:
                _errors.Add(nameof(Form.Wanted), Page.Words(refused));
                break;
            case Refused refused:
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
        public string? Current { get; set; }
        public string? Wanted { get; set; }
    }
}
