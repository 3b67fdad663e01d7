using MetaPrompt.Data.Accounts;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Account;

/// <summary>Deletes the account and every row of its person, after the password and a typed confirmation.</summary>
public sealed partial class DeleteForm : ComponentBase
{
    private const string Phrase = "delete my account";

    private readonly FormErrors _errors = new();

    /// <summary>Whose account.</summary>
    [Parameter, EditorRequired] public Profile Profile { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "delete")]
    private Input Form { get; set; } = default!;

    protected override void OnInitialized() => Form ??= new();

    private async Task SubmitAsync()
    {
        _errors.Add(nameof(Form.Secret), string.IsNullOrEmpty(Form.Secret) ? "Type your password." : null);
        _errors.Add(nameof(Form.Words), string.Equals(Form.Words?.Trim(), Phrase, StringComparison.OrdinalIgnoreCase) ? null : $"Type the words {Phrase}, to show that it is no slip.");
        if (_errors.Any)
            return;

        if (Page.Throttled(Gate.Password) is { } wait)
        {
            _errors.Add(Page.Words(wait));
            return;
        }

        var stop = Page.Http.RequestAborted;
        var outcome = await Accounts.SignInAsync(Profile.Email, Form.Secret!, stop);
        if (outcome is Refused failed)
            await Page.NoteFailureAsync(Profile.Email, failed);
        switch (outcome)
        {
            case SignedIn signedIn when signedIn.Account.Id == Profile.Id:
                await Sessions.EndAllAsync(Profile.Id, exceptSecret: null, stop);
                Security.Did("Account deleted", Profile.Id);
                await Rows.DeleteAsync(Profile.Id, Profile.Email, stop);
                Sessions.Forget(Profile.Id);
                await Cookie.CloseAsync(Page.Http, stop);
                Navigation.NavigateTo("/login?done=deleted");
                break;
            case Refused { Reason: Refusal.WrongCredentials }:
                _errors.Add(nameof(Form.Secret), "That is not the password of this account.");
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
        public string? Secret { get; set; }
        public string? Words { get; set; }
    }
}
