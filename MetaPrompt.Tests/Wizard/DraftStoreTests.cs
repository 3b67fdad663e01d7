using System.Text.Json;
using MetaPrompt.Web.Features.Wizard;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

public sealed class DraftStoreTests
{
    private static readonly Guid Ada = Guid.NewGuid();
    private static readonly Guid Ben = Guid.NewGuid();

    [Fact]
    public void Nobody_sees_what_another_signed_in_person_wrote()
    {
        var stored = Stored(("ada", Ada.ToString(), "Ada's goal"), ("nobody", null, "Nobody's goal"), ("odd", "not an id", "Odd goal"));

        Assert.Equal(["Nobody's goal"], Goals(DraftStore.Read(stored, Ben)));
        Assert.Equal(["Nobody's goal"], Goals(DraftStore.Read(stored, null)));
        Assert.Equal(["Ada's goal", "Nobody's goal"], Goals(DraftStore.Read(stored, Ada)));
    }

    [Fact]
    public void The_tabs_own_draft_comes_before_a_newer_one()
    {
        var stored = DraftStore.Read(Stored(("new", null, "New"), ("mine", null, "Mine")) is var json ? json.Replace("\"tab\":null", "\"tab\":\"mine\"", StringComparison.Ordinal) : "", null);

        Assert.Equal("Mine", stored.Latest!.State.Goal);
    }

    [Fact]
    public void What_was_typed_after_the_last_word_from_the_server_counts()
    {
        var state = WizardStateTests.Composed();
        var question = state.Questions[1].Question.Id;
        var typed = new Dictionary<string, object>
        {
            ["title"] = "Typed title",
            ["template"] = "Typed {{x}}",
            ["own:" + question] = "typed answer",
            ["own:unknown"] = "nothing",
            ["nonsense"] = 42,
        };
        var json = JsonSerializer.Serialize(new { tab = (string?)null, early = new { }, drafts = new[] { new { id = "d", owner = (string?)null, state = WizardDraft.Write(state), typed, at = 1 } } });

        var back = Assert.Single(DraftStore.Read(json, null).Drafts).State;

        Assert.Equal(("Typed title", "Typed {{x}}"), (back.Title, back.Template));
        Assert.Equal("typed answer", back.Questions[1].Answer);
    }

    [Fact]
    public void A_draft_that_is_none_is_passed_over()
    {
        const string json = """{"tab":7,"early":[],"drafts":[{"id":"a","owner":null,"state":"{{{"},{"id":""},{"state":"x"},{"id":"b","owner":5,"state":5}]}""";

        var stored = DraftStore.Read(json, null);

        Assert.Empty(stored.Drafts);
        Assert.Null(stored.Latest);
    }

    private static IEnumerable<string> Goals(StoredDrafts stored) => stored.Drafts.Select(draft => draft.State.Goal);

    private static string Stored(params (string Id, string? Owner, string Goal)[] drafts) => JsonSerializer.Serialize(new
    {
        tab = (string?)null,
        early = new { },
        drafts = drafts.Select(draft => new { id = draft.Id, owner = draft.Owner, state = WizardDraft.Write(new WizardState { Goal = draft.Goal }), typed = new { }, at = 1 }),
    });
}
