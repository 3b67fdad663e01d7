using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>An unfinished prompt that a person can go on with, wherever it lies.</summary>
/// <param name="Id">Its id, 32 hexadecimal digits.</param>
/// <param name="Goal">The beginning of its goal.</param>
/// <param name="Step">Where it was left.</param>
/// <param name="At">When it was last written, UTC.</param>
/// <param name="Revision">The revision in the database that one goes on from; 0 where it is not there.</param>
/// <param name="Local">The browser's copy; null where only the database has it.</param>
public sealed record ShelvedDraft(string Id, string Goal, WizardStep Step, DateTime At, int Revision, StoredDraft? Local);

/// <summary>The drafts of the browser and of the database as one list, newest first.</summary>
/// <param name="Drafts">Each unfinished prompt once; two where two devices went on with the same one.</param>
/// <param name="Outdated">Ids of browser copies that hold nothing the database does not have, or that are finished elsewhere.</param>
public sealed record DraftShelf(IReadOnlyList<ShelvedDraft> Drafts, IReadOnlyList<string> Outdated)
{
    private const int LongestGoal = 300;

    /// <summary>Puts both together. Nothing that was typed is dropped: where both sides went on, both are in the list.</summary>
    /// <param name="browser">What this browser has.</param>
    /// <param name="rows">What the database has; none for a visitor.</param>
    public static DraftShelf Merge(IReadOnlyList<StoredDraft> browser, IReadOnlyList<DraftRow> rows)
    {
        ArgumentNullException.ThrowIfNull(browser);
        ArgumentNullException.ThrowIfNull(rows);
        var left = rows.ToDictionary(row => row.Id.ToString("N"));
        var drafts = new List<ShelvedDraft>();
        var outdated = new List<string>();
        foreach (var local in browser)
        {
            if (left.Remove(local.Id, out var row))
            {
                if (row.Revision <= local.Revision)
                {
                    drafts.Add(Of(local, row.Revision));
                    continue;
                }

                // Another device went on since. What only this browser knows becomes a draft of its own.
                drafts.Add(Of(row));
                if (local.Kept)
                    outdated.Add(local.Id);
                else
                    drafts.Add(Of(local with { Id = Guid.NewGuid().ToString("N"), Revision = 0 }, 0));
            }
            else if (local is { Revision: > 0, Kept: true })
            {
                outdated.Add(local.Id);
            }
            else
            {
                // Not there, or there no more: written again it is made anew, whatever revision it goes on from.
                drafts.Add(Of(local, local.Revision));
            }
        }

        drafts.AddRange(left.Values.Select(Of));
        return new DraftShelf([.. drafts.OrderByDescending(draft => draft.At)], outdated);
    }

    /// <summary>The beginning of a goal in one line, as a list shows it.</summary>
    public static string GoalLine(WizardState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var goal = state.Goal.Trim().ReplaceLineEndings(" ");
        return CleanText.Cut(goal.Length > 0 ? goal : state.Title.Trim(), LongestGoal);
    }

    private static ShelvedDraft Of(StoredDraft local, int revision) =>
        new(local.Id, GoalLine(local.State), local.State.Step, local.At, revision, local);

    private static ShelvedDraft Of(DraftRow row) =>
        new(row.Id.ToString("N"), row.Goal, Enum.TryParse<WizardStep>(row.Step, out var step) && Enum.IsDefined(step) ? step : WizardStep.Goal,
            row.UpdatedAt, row.Revision, null);
}
