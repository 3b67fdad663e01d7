using System.Diagnostics;
using MetaPrompt.Data;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>
/// Regenerates the template or a section of it, or refines it by a wish. Whatever comes is a proposal: it is shown as changes,
/// and the template stays as it is until the person takes some.
/// </summary>
public sealed partial class Proposals(WizardModel model, ILogger<Proposals> log) : IDisposable
{
    private static readonly string[] Wishes = ["Shorter", "Plainer words", "Read on a phone", "Stricter about the form of the answer"];
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(250);

    private bool _showSections;
    private bool _showRefine;
    private string _wish = "";
    private string _said = "";
    private string? _failure;
    private Func<Task>? _again;
    private CancellationTokenSource? _work;
    private int _length;

    /// <summary>What is reworked.</summary>
    [Parameter, EditorRequired]
    public WizardState State { get; set; } = default!;

    /// <summary>Who asks for them.</summary>
    [Parameter]
    public Caller Caller { get; set; } = Caller.Anonymous;

    /// <summary>Something of a proposal was taken.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _work?.Cancel();
        _work?.Dispose();
        _work = null;
    }

    /// <inheritdoc/>
    protected override void OnParametersSet() => State.Proposal?.Follow(State.Template ?? "");

    private static string Said(bool yes) => yes ? "true" : "false";

    private Task RegenerateAsync(TemplateSection? section)
    {
        var what = section is null ? "Regenerated from your answers" : $"Regenerated: “{CleanText.Cut(section.Text.ReplaceLineEndings(" "), 60)}”";
        if (model.ModelName is not null)
        {
            return ProposeAsync(what, section?.Text, stop => section is null
                ? model.ComposeStreamAsync(Caller, State.Reading, State.Answers, stop)
                : model.ReviseStreamAsync(Caller, State.Reading, State.Answers, new Revision(State.Template ?? "", section.Text, null), stop), () => RegenerateAsync(section));
        }

        Begin();
        var composed = State.Preview() with { Sections = Composer.Sections(State.Reading, State.Answers) };
        if (section is null)
            Show(new Proposal(State.Template ?? "", null, composed, what, null));
        else if (Counterpart(section, composed) is { } text)
            Show(new Proposal(State.Template ?? "", section.Text, composed with { Template = text }, what, null));
        else
            _said = "The rules write no such section: it is your own, or a model's. Regenerate above compares the whole template with theirs.";
        return Task.CompletedTask;
    }

    private Task RefineAsync(string wish)
    {
        wish = CleanText.Of(wish).Trim();
        return wish.Length == 0 || model.ModelName is null ? Task.CompletedTask
            : ProposeAsync(wish, null, stop => model.ReviseStreamAsync(Caller, State.Reading, State.Answers, new Revision(State.Template ?? "", null, wish), stop), () => RefineAsync(wish));
    }

    private async Task ProposeAsync(string what, string? section, Func<CancellationToken, IAsyncEnumerable<ComposeProgress>> ask, Func<Task> again)
    {
        if (_work is not null)
            return;

        Begin();
        var work = _work = new CancellationTokenSource();
        try
        {
            if (await ReadAsync(ask(work.Token), work) is { } composed && _work == work)
                Show(new Proposal(State.Template ?? "", section, composed, what, model.ModelName));
        }
        catch (ModelFailure failure)
        {
            log.LogDebug(failure, "No proposal");
            (_failure, _again) = (failure.Message, again);
        }
        catch (OperationCanceledException)
        {
            _said = "Stopped. Your template is as it was.";
        }
        finally
        {
            // Where the page went away meanwhile, it has cleared up already.
            if (_work == work)
            {
                _work = null;
                work.Dispose();
            }
        }
    }

    private async Task<ComposedPrompt?> ReadAsync(IAsyncEnumerable<ComposeProgress> stream, CancellationTokenSource work)
    {
        ComposedPrompt? composed = null;
        var drawn = Stopwatch.GetTimestamp();
        await foreach (var progress in stream)
        {
            (composed, _length) = (progress.Composed, progress.Template.Length);
            if (_work != work || Stopwatch.GetElapsedTime(drawn) < Frame)
                continue;

            drawn = Stopwatch.GetTimestamp();
            StateHasChanged();
        }

        return composed;
    }

    private void Begin() => (_failure, _again, _said, _length, State.Proposal) = (null, null, "", 0, null);

    private void Show(Proposal proposal)
    {
        State.Proposal = proposal.Hunks.Changes.Count > 0 ? proposal : null;
        _said = proposal.Hunks.Changes.Count > 0 ? $"{Numbers.Of(proposal.Hunks.Changes.Count, "change", "changes")} proposed."
            : proposal.By is null ? "Nothing to change: your answers make exactly this."
            : $"{proposal.By} would change nothing.";
    }

    private void Stop() => _work?.Cancel();

    private void Close()
    {
        State.Proposal = null;
        _said = "Nothing was taken. Your template is as it was.";
    }

    private async Task UseAsync()
    {
        if (State.Proposal is not { } proposal || proposal.Losing.Count + proposal.Bringing.Count > 0)
            return;

        State.Accept(proposal.Result, proposal.Variables, proposal.Origins);
        State.Proposal = null;
        _said = $"{Numbers.Of(proposal.Accepted, "change", "changes")} taken. Undo, above, brings your earlier version back.";
        await OnChanged.InvokeAsync();
    }

    // The rules' section in the place of this one: the same text, or the one that was rewritten into it.
    private string? Counterpart(TemplateSection section, ComposedPrompt composed)
    {
        var numbered = composed.Sections.Select((origin, index) => new SectionOrigin(origin.Text, [index.ToString(System.Globalization.CultureInfo.InvariantCulture)])).ToList();
        return TemplateSections.Of(State.Template ?? "", numbered).FirstOrDefault(one => one.Start == section.Start)?.QuestionIds is [var found]
            ? composed.Sections[int.Parse(found, System.Globalization.CultureInfo.InvariantCulture)].Text : null;
    }
}
