using CsCheck;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Features.Testing.Cases;
using Xunit;
using TestCase = MetaPrompt.Data.Tests.TestCase;

namespace MetaPrompt.Tests.Testing.Cases;

public sealed class CaseBookTests
{
    // A change: what is done, and where.
    private static readonly Gen<(int Act, int Place)[]> AnyChanges = Gen.Select(Gen.Int[0, 4], Gen.Int[0, 7]).Array[0, 12];

    [Fact]
    public void Whatever_is_done_the_database_has_it_after_saving() => Gen.Select(AnyChanges, AnyChanges).Sample((first, second) =>
    {
        var kept = new Dictionary<Guid, TestCase>();
        var book = new CaseBook();
        foreach (var changes in new[] { first, second })
        {
            foreach (var (act, place) in changes)
                Change(book, act, place);
            Save(book, kept);

            Assert.False(book.IsChanged);
            Assert.Equal(
                book.Rows.Select(row => (row.Id, row.Name)),
                kept.Values.OrderBy(row => row.Position).ThenBy(row => row.Id).Select(row => (row.Id, row.Name)));
            Assert.Equal(kept.Count, kept.Values.Select(row => row.Position).Distinct().Count());
        }
    });

    [Fact]
    public void An_undo_right_after_a_change_is_as_if_nothing_had_been() => Gen.Select(AnyChanges, AnyChanges).Sample((first, changed) =>
    {
        var book = new CaseBook();
        foreach (var (act, place) in first)
            Change(book, act, place);
        var before = book.Rows.ToArray();
        // Moving is undone by moving back, never by this.
        foreach (var (act, place) in changed.Where(change => change.Act != 3))
            Change(book, act, place);

        book.Undo(before, [.. book.Rows]);

        Assert.Equal(before, book.Rows);
    });

    [Fact]
    public void An_undo_leaves_alone_what_was_typed_since()
    {
        var book = new CaseBook();
        book.Insert(0, [New("A"), New("B"), New("C")]);
        var before = book.Rows.ToArray();
        book.Remove(before[1].Id);
        var after = book.Rows.ToArray();
        book.Set(after[1] with { Name = "C typed" });

        book.Undo(before, after);

        Assert.Equal(["A", "B", "C typed"], book.Rows.Select(row => row.Name));
    }

    [Fact]
    public void What_was_typed_while_it_was_saved_is_still_to_be_saved()
    {
        var book = new CaseBook();
        book.Insert(0, [New("A")]);
        var pending = book.Pending();
        book.Set(book.Rows[0] with { Name = "A more" });

        book.Kept(pending);

        Assert.Equal("A more", Assert.Single(book.Pending().Changed).Name);
    }

    [Fact]
    public void Typing_in_one_row_writes_one_row()
    {
        var book = new CaseBook();
        book.Take([.. Enumerable.Range(0, 5).Select(number => New($"{number}").Row(number * 10))]);

        book.Set(book.Rows[2].With("topic", "tea"));

        var pending = book.Pending();
        Assert.Equal("""{"topic":"tea"}""", Assert.Single(pending.Changed).VariableValues);
        Assert.Empty(pending.Gone);
    }

    [Fact]
    public void There_is_no_room_for_more_than_the_most()
    {
        var book = new CaseBook();

        Assert.Equal(TestCaseQueries.MostCases, book.Insert(0, Enumerable.Range(0, 1_200).Select(number => New($"{number}"))));
        Assert.Equal(0, book.Insert(0, [New("one more")]));
    }

    private static CaseDraft New(string name) => new() { Id = Guid.NewGuid(), Name = name };

    private static void Change(CaseBook book, int act, int place)
    {
        switch (act)
        {
            case 0:
                book.Insert(place, [New($"new {place}"), New("another")]);
                break;
            case 1 when place < book.Rows.Count:
                book.Remove(book.Rows[place].Id);
                break;
            case 2 when place < book.Rows.Count:
                book.Set(book.Rows[place] with { Name = book.Rows[place].Name + "." });
                break;
            case 3 when place < book.Rows.Count:
                book.Move(book.Rows[place].Id, place % 2 == 0 ? 1 : -1);
                break;
            case 4 when place < book.Rows.Count:
                book.Insert(place + 1, [book.Rows[place] with { Id = Guid.NewGuid() }]);
                break;
        }
    }

    // What TestCaseQueries does.
    private static void Save(CaseBook book, Dictionary<Guid, TestCase> kept)
    {
        var pending = book.Pending();
        foreach (var row in pending.Changed)
            kept[row.Id] = row;
        foreach (var id in pending.Gone)
            kept.Remove(id);
        for (var place = 0; place < (pending.Order?.Count ?? 0); place++)
            kept[pending.Order![place]] = kept[pending.Order[place]] with { Position = place };
        book.Kept(pending);
    }
}
