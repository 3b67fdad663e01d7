using MetaPrompt.Data.Moderation;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Npgsql;

namespace MetaPrompt.Web.Features.Moderation;

/// <summary>The form by which a signed-in person tells the moderators about a template they can see.</summary>
public sealed partial class ReportPage(GalleryQueries gallery, ReportQueries reports, NavigationManager navigation, TimeProvider time)
{
    private Template? _template;
    private OwnReport? _own;
    private string? _problem;
    private DateTime _now;
    private bool _isOwn;

    /// <summary>The template's id, from the address.</summary>
    [Parameter]
    public Guid Id { get; set; }

    [CascadingParameter]
    private HttpContext HttpContext { get; set; } = default!;

    [SupplyParameterFromForm(FormName = "report")]
    private Input Form { get; set; } = default!;

    [SupplyParameterFromQuery(Name = "done")]
    private string? Done { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        HttpContext.Response.Headers.CacheControl = "no-store";
        var (caller, stop) = (HttpContext.User.Caller(), HttpContext.RequestAborted);
        _now = time.GetUtcNow().UtcDateTime;
        var template = await gallery.FindAsync(caller, Id, stop);
        if (template is null)
        {
            navigation.NotFound();
            return;
        }

        _isOwn = template.AuthorId == caller.UserId;
        _own = await reports.OwnAsync(caller, Id, stop);
        Form ??= new Input { Reason = _own?.Reason, Details = _own?.Details };
        // Last: the page may be drawn between two answers, and draws nothing until there is a template.
        _template = template;
    }

    private async Task SubmitAsync()
    {
        if (_template is null || _isOwn)
            return;
        var details = CleanText.Of(Form.Details).Trim();
        _problem = ModerationWords.Reasons.All(reason => reason.Key != Form.Reason) ? "Choose a reason."
            : details.Length > ModerationWords.MaxDetails ? $"That is {details.Length} characters; {ModerationWords.MaxDetails} are the most."
            : Form.Reason == "other" && details.Length == 0 ? "Say in your words what it is."
            : null;
        if (_problem is not null)
            return;
        try
        {
            await reports.ReportAsync(HttpContext.User.Caller(), Id, Form.Reason!, details, HttpContext.RequestAborted);
        }
        catch (PostgresException refusal) when (refusal.SqlState == PublishRefusal.TooMany)
        {
            HttpContext.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            _problem = "Thank you for looking so closely: twenty reports a day are the most. " + ModerationWords.Wait(PublishRefusal.PossibleAt(refusal), _now);
            return;
        }
        catch (PostgresException gone) when (gone.SqlState == "P0002")
        {
            navigation.NotFound();
            return;
        }

        navigation.NavigateTo(ModerationUrl.Report(Id) + "?done=sent");
    }

    private async Task WithdrawAsync()
    {
        await reports.WithdrawAsync(HttpContext.User.Caller(), Id, HttpContext.RequestAborted);
        navigation.NavigateTo(ModerationUrl.Report(Id) + "?done=withdrawn");
    }

    /// <summary>What the form sends.</summary>
    public sealed class Input
    {
        /// <summary>As <see cref="ModerationWords.Reasons"/> has it.</summary>
        public string? Reason { get; set; }

        /// <summary>The person's own words.</summary>
        public string? Details { get; set; }
    }
}
