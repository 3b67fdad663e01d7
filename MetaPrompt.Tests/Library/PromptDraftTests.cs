using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class PromptDraftTests
{
    private static readonly Prompt Saved = new()
    {
        Id = Guid.NewGuid(), UserId = Guid.NewGuid(), Title = "Notes", Goal = "Write notes", Template = "About {{topic}} in {{tone}}.",
        Variables = """[{"name":"topic","label":"The topic"},{"name":"tone","default":"plain"}]""", IsPublic = false,
        CreatedAt = new DateTime(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc), UpdatedAt = new DateTime(2026, 11, 22, 12, 0, 0, 123, 456, DateTimeKind.Utc),
    };

    [Fact]
    public void An_untouched_draft_changes_nothing() => Assert.False(new PromptDraft(Saved).Differs(Saved));

    [Fact]
    public void Line_ends_of_a_browser_are_no_change()
    {
        var prompt = Saved with { Template = "One\nTwo" };
        var draft = new PromptDraft(prompt) { Template = "One\r\nTwo" };

        Assert.False(draft.Differs(prompt));
    }

    [Fact]
    public void A_variable_that_is_cut_and_pasted_back_keeps_its_details()
    {
        var draft = new PromptDraft(Saved) { Template = "About nothing." };
        Assert.Empty(draft.Variables);

        draft.Template = "About {{topic}}.";

        Assert.Equal("The topic", Assert.Single(draft.Variables).Label);
    }

    [Fact]
    public void What_the_browser_kept_comes_back_with_the_version_it_began_from()
    {
        var draft = new PromptDraft(Saved) { Title = "Better notes" };
        draft.Edited = draft.Edited.Change("tone", draft.Variables[1] with { Default = "warm" }, out _);
        var newer = Saved with { UpdatedAt = Saved.UpdatedAt.AddMinutes(1) };

        var back = PromptDraft.Restore(newer, Kept(draft));

        Assert.NotNull(back);
        Assert.Equal(("Better notes", Saved.UpdatedAt, "warm"), (back.Title, back.BasedOn, back.Variables[1].Default));
    }

    [Fact]
    public void Kept_words_that_say_what_the_prompt_says_are_no_draft() =>
        Assert.Null(PromptDraft.Restore(Saved, Kept(new PromptDraft(Saved))));

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"basedOn":"x"}""")]
    [InlineData(null)]
    public void A_note_that_makes_no_sense_leaves_the_fields(string? note)
    {
        var kept = new KeptText { Fields = new Dictionary<string, string> { ["template"] = "New text" }, Note = note };

        var back = PromptDraft.Restore(Saved, kept);

        Assert.Equal(("New text", Saved.Title, Saved.UpdatedAt), (back!.Template, back.Title, back.BasedOn));
    }

    [Fact]
    public void What_cannot_be_saved_says_why()
    {
        Assert.Contains("title", new PromptDraft(Saved) { Title = " " }.Problem(), StringComparison.Ordinal);
        Assert.Contains("empty", new PromptDraft(Saved) { Template = "\n" }.Problem(), StringComparison.Ordinal);
        Assert.Contains("20,000", new PromptDraft(Saved) { Goal = new string('x', 20_001) }.Problem(), StringComparison.Ordinal);
        Assert.Null(new PromptDraft(Saved).Problem());
    }

    [Fact]
    public void Variables_that_are_gone_from_the_template_are_not_saved()
    {
        var draft = new PromptDraft(Saved) { Template = "About {{topic}}." };

        Assert.Equal(["topic"], PromptVariables.FromJson(draft.ToEdit().Variables).Select(variable => variable.Name));
    }

    [Fact]
    public void A_copy_has_the_same_name_at_every_attempt_also_after_the_page_was_lost()
    {
        var draft = new PromptDraft(Saved) { Title = "Better notes" };

        Assert.Equal(draft.ToCopy([]).Id, draft.ToCopy([]).Id);
        Assert.Equal(draft.ToCopy([]).Id, PromptDraft.Restore(Saved, Kept(draft))!.ToCopy([]).Id);
        Assert.NotEqual(draft.ToCopy([]).Id, new PromptDraft(Saved).ToCopy([]).Id);
    }

    private static KeptText Kept(PromptDraft draft) => new()
    {
        Fields = new Dictionary<string, string> { ["title"] = draft.Title, ["goal"] = draft.Goal, ["template"] = draft.Template },
        Note = draft.Note(),
    };
}
