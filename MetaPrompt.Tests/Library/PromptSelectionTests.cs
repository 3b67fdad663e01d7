using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Features.Library;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class PromptSelectionTests
{
    private readonly PromptSelection _selection = new();
    private readonly PromptListItem[] _items = [.. Enumerable.Range(0, 8).Select(_ => new PromptListItem
    {
        Id = Guid.NewGuid(), Title = "", Goal = "", Variables = "[]", VariablesCount = 0, IsPublic = false, CreatedAt = default, UpdatedAt = default, Tests = 0,
    })];

    [Fact]
    public void A_range_becomes_what_its_last_row_becomes_in_either_direction()
    {
        Pick(2);
        Pick(5, range: true);
        Assert.Equal([2, 3, 4, 5], Chosen);

        Pick(3, range: true);
        Assert.Equal([2], Chosen);

        Pick(0, range: true);
        Assert.Equal([0, 1, 2, 3], Chosen);
    }

    [Fact]
    public void A_range_without_a_row_before_it_or_with_one_that_is_gone_is_the_row_alone()
    {
        Pick(4, range: true);
        Assert.Equal([4], Chosen);

        _selection.Pick(_items[..4], _items[1].Id, range: true);
        Assert.Equal([1, 4], Chosen);
    }

    [Fact]
    public void Choosing_the_same_row_twice_takes_it_out()
    {
        Pick(1);
        Pick(1);
        Assert.Empty(Chosen);
    }

    [Fact]
    public void All_are_chosen_taken_out_and_forgotten()
    {
        _selection.Add(_items.Select(item => item.Id));
        Assert.Equal(8, _selection.Count);
        _selection.Remove([_items[0].Id, Guid.NewGuid()]);
        Assert.False(_selection.Has(_items[0].Id));
        _selection.Clear();
        Assert.Empty(_selection.Ids);
    }

    private IEnumerable<int> Chosen => Enumerable.Range(0, _items.Length).Where(index => _selection.Has(_items[index].Id));

    private void Pick(int index, bool range = false) => _selection.Pick(_items, _items[index].Id, range);
}
