using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Features.Wizard;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

public sealed class DraftShelfTests
{
    private static readonly DateTime Noon = new(2026, 5, 1, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void The_list_has_both_sides_newest_first()
    {
        var shelf = DraftShelf.Merge([Local(1, "browser only", at: 5)], [Row(2, "database only", at: 9), Row(3, "oldest", at: 1)]);

        Assert.Equal(["database only", "browser only", "oldest"], shelf.Drafts.Select(draft => draft.Goal));
        Assert.Empty(shelf.Outdated);
    }

    [Fact]
    public void The_browsers_copy_goes_on_where_nobody_else_has_written()
    {
        var draft = Assert.Single(DraftShelf.Merge([Local(1, "typed on", revision: 3)], [Row(1, "older", revision: 3)]).Drafts);

        Assert.Equal(("typed on", 3), (draft.Goal, draft.Revision));
        Assert.NotNull(draft.Local);
    }

    [Fact]
    public void What_another_device_wrote_takes_the_place_of_a_copy_that_knows_nothing_more()
    {
        var shelf = DraftShelf.Merge([Local(1, "old", revision: 3, kept: true)], [Row(1, "new", revision: 4)]);

        var draft = Assert.Single(shelf.Drafts);
        Assert.Equal(("new", 4), (draft.Goal, draft.Revision));
        Assert.Null(draft.Local);
        Assert.Equal([Id(1)], shelf.Outdated);
    }

    [Fact]
    public void Where_both_went_on_both_are_kept()
    {
        var shelf = DraftShelf.Merge([Local(1, "typed here", revision: 3)], [Row(1, "typed there", revision: 4)]);

        Assert.Equal(["typed here", "typed there"], shelf.Drafts.Select(draft => draft.Goal).Order());
        Assert.Equal(2, shelf.Drafts.Select(draft => draft.Id).Distinct().Count());
        Assert.Equal(Id(1), shelf.Drafts.Single(draft => draft.Goal == "typed there").Id);
        Assert.Empty(shelf.Outdated);
    }

    [Fact]
    public void A_draft_finished_elsewhere_leaves_the_browser_unless_it_knows_more()
    {
        Assert.Equal([Id(1)], DraftShelf.Merge([Local(1, "finished", revision: 2, kept: true)], []).Outdated);
        Assert.Equal("typed since", Assert.Single(DraftShelf.Merge([Local(1, "typed since", revision: 2)], []).Drafts).Goal);
        Assert.Equal("never sent", Assert.Single(DraftShelf.Merge([Local(1, "never sent", kept: true)], []).Drafts).Goal);
    }

    [Fact]
    public void A_row_of_a_later_version_of_the_program_is_still_listed()
    {
        var row = new DraftRow { Id = Guid.NewGuid(), Goal = "g", Step = "Refine", Revision = 1, UpdatedAt = Noon };

        Assert.Equal(WizardStep.Goal, Assert.Single(DraftShelf.Merge([], [row]).Drafts).Step);
    }

    private static string Id(int number) => new Guid(number, 0, 0, new byte[8]).ToString("N");

    private static StoredDraft Local(int id, string goal, int at = 1, int revision = 0, bool kept = false) =>
        new(Id(id), null, new WizardState { Goal = goal }, Noon.AddMinutes(at), revision, kept);

    private static DraftRow Row(int id, string goal, int at = 1, int revision = 1) =>
        new() { Id = Guid.ParseExact(Id(id), "N"), Goal = goal, Step = "Goal", Revision = revision, UpdatedAt = Noon.AddMinutes(at) };
}
