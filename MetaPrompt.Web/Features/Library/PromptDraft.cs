using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;

namespace MetaPrompt.Web.Features.Library;

/// <summary>
/// An edit of a prompt that is not saved yet. It remembers which version of the prompt it began from, so that saving never
/// silently writes over a version its writer has not seen.
/// </summary>
public sealed class PromptDraft
{
    /// <summary>The names of its fields in the browser's memory.</summary>
    public const string TitleField = "title";

    /// <inheritdoc cref="TitleField"/>
    public const string GoalField = "goal";

    /// <inheritdoc cref="TitleField"/>
    public const string TemplateField = "template";

    /// <inheritdoc cref="TitleField"/>
    public const string VersionNoteField = "version-note";

    /// <summary>The most characters of what is said about a version.</summary>
    public const int MaxVersionNote = 500;

    /// <summary>The most characters of a title.</summary>
    public const int MaxTitle = 255;

    /// <summary>The most characters of a goal.</summary>
    public const int MaxGoal = 20_000;

    /// <summary>The most characters of a template.</summary>
    public const int MaxTemplate = 500_000;

    /// <summary>Begins an edit of the prompt as it is.</summary>
    public PromptDraft(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        Id = prompt.Id;
        Title = prompt.Title;
        Goal = prompt.Goal;
        Edited = new EditedTemplate(prompt.Template, PromptVariables.FromJson(prompt.Variables));
        BasedOn = prompt.UpdatedAt;
    }

    /// <summary>The prompt.</summary>
    public Guid Id { get; }

    /// <summary>What it is called where it is saved as a prompt of its own: the same at every attempt.</summary>
    public Guid CopyId { get; private set; } = Guid.NewGuid();

    /// <summary>One line.</summary>
    public string Title { get; set; }

    /// <summary>What the prompt is for.</summary>
    public string Goal { get; set; }

    /// <summary>The template with its variables.</summary>
    public EditedTemplate Edited { get; set; }

    /// <summary>What its writer says has changed; kept with the version that is saved, no change by itself.</summary>
    public string VersionNote { get; set; } = "";

    /// <summary>The text; setting it finds its variables anew.</summary>
    public string Template
    {
        get => Edited.Text;
        set => Edited = Edited.Write(CleanText.Of(value));
    }

    /// <summary>The variables the template uses, in the order of first use.</summary>
    public IReadOnlyList<PromptVariable> Variables => Edited.Variables;

    /// <summary>The <see cref="Prompt.UpdatedAt"/> of the version it began from.</summary>
    public DateTime BasedOn { get; private set; }

    /// <summary>Why it cannot be saved, and what to do; null where it can.</summary>
    public string? Problem()
    {
        if (string.IsNullOrWhiteSpace(Title))
            return "Give it a title: it is what you find it by.";
        if (string.IsNullOrWhiteSpace(Template))
            return "The template is empty. Write what the model should do.";
        if (Title.Trim().Length > MaxTitle)
            return Over("title", Title.Trim().Length, MaxTitle);
        if (Goal.Length > MaxGoal)
            return Over("goal", Goal.Length, MaxGoal);
        if (Template.Length > MaxTemplate)
            return Over("template", Template.Length, MaxTemplate);
        return Variables.Count > PromptVariables.MaxCount ? $"A prompt may have {PromptVariables.MaxCount} variables, this one has {Variables.Count}." : null;
    }

    /// <summary>Whether saving would change that version.</summary>
    public bool Differs(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Title.Trim() != prompt.Title || Goal.Trim() != prompt.Goal.Trim() || Template != CleanText.Of(prompt.Template)
            || PromptVariables.ToJson(Variables) != PromptVariables.ToJson(PromptVariables.Reconcile(prompt.Template, PromptVariables.FromJson(prompt.Variables)));
    }

    /// <summary>The version it began from is now this one: the next save writes over it.</summary>
    public void Rebase(Prompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        BasedOn = prompt.UpdatedAt;
    }

    /// <summary>As an edit for the database.</summary>
    public PromptEdit ToEdit() => new()
    {
        Id = Id, Title = Title.Trim(), Goal = Goal.Trim(), Template = Template, Variables = PromptVariables.ToJson(Variables), BasedOn = BasedOn,
        Note = VersionNote.Trim().Length == 0 ? null : CleanText.Cut(VersionNote.Trim(), MaxVersionNote),
    };

    /// <summary>As a prompt of its own, with the answers of the one it was an edit of.</summary>
    public NewPrompt ToCopy(IReadOnlyList<PromptAnswer> answers) => new()
    {
        Id = CopyId, Title = CleanText.Cut(Title.Trim(), MaxTitle - 7) + " (copy)",
        Goal = Goal.Trim(), Template = Template, Variables = PromptVariables.ToJson(Variables), Answers = answers,
    };

    /// <summary>What the browser keeps beside the fields.</summary>
    public string Note() => new JsonObject
    {
        ["basedOn"] = BasedOn.Ticks,
        ["copy"] = CopyId.ToString(),
        ["variables"] = JsonNode.Parse(PromptVariables.ToJson(Edited.Declared)),
    }.ToJsonString();

    /// <summary>An edit the browser kept. Null where what was kept is none, or says what the prompt says anyway.</summary>
    public static PromptDraft? Restore(Prompt prompt, KeptText? kept)
    {
        if (kept is null || !kept.Fields.TryGetValue(TemplateField, out var template))
            return null;
        var draft = new PromptDraft(prompt);
        if (ReadNote(kept.Note) is var (basedOn, copy, variables))
        {
            draft.BasedOn = basedOn;
            draft.CopyId = copy ?? draft.CopyId;
            draft.Edited = new EditedTemplate(draft.Template, variables);
        }

        draft.Title = kept.Fields.GetValueOrDefault(TitleField) ?? prompt.Title;
        draft.Goal = kept.Fields.GetValueOrDefault(GoalField) ?? prompt.Goal;
        draft.VersionNote = kept.Fields.GetValueOrDefault(VersionNoteField) ?? "";
        draft.Template = template;
        return draft.Differs(prompt) ? draft : null;
    }

    private static (DateTime BasedOn, Guid? Copy, IReadOnlyList<PromptVariable> Variables)? ReadNote(string? note)
    {
        if (string.IsNullOrEmpty(note))
            return null;
        try
        {
            using var document = JsonDocument.Parse(note);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("basedOn", out var ticks) && ticks.ValueKind == JsonValueKind.Number && ticks.TryGetInt64(out var time) && time >= 0 && time <= DateTime.MaxValue.Ticks
                    ? (new DateTime(time, DateTimeKind.Utc),
                        root.TryGetProperty("copy", out var copy) && copy.ValueKind == JsonValueKind.String && copy.TryGetGuid(out var id) ? id : null,
                        PromptVariables.FromJson(root.TryGetProperty("variables", out var variables) ? variables.GetRawText() : null))
                    : null;
        }
        catch (JsonException)
        {
            // Somebody else's text: the fields alone count.
            return null;
        }
    }

    private static string Over(string what, int length, int most) =>
        string.Create(CultureInfo.InvariantCulture, $"The {what} has {length:N0} characters; {most:N0} is the most.");
}
