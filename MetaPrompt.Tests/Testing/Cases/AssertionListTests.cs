using Bunit;
using MetaPrompt.Web.Features.Testing.Cases;
using MetaPrompt.Web.Prompting.Assertions;
using Xunit;

namespace MetaPrompt.Tests.Testing.Cases;

public sealed class AssertionListTests : BunitContext
{
    private IReadOnlyList<Assertion> _now = [];

    [Fact]
    public void Every_kind_can_be_added_and_has_fields_with_names()
    {
        foreach (var type in Enum.GetValues<AssertionType>())
        {
            var list = Show();

            list.Find("#x-add").Change(type.ToString());

            Assert.Equal(new Assertion { Type = type }, Assert.Single(_now));
            list = Show([.. _now]);
            Assert.Equal(type.ToString(), list.Find("#x-0-type").GetAttribute("value"));
            foreach (var field in list.FindAll(".check-row input:not([type=checkbox]), .check-row textarea, .check-row select"))
                Assert.True(field.HasAttribute("aria-label") || list.FindAll($"label[for={field.Id}]").Count == 1, $"{type}: a field without a name");
        }
    }

    [Fact]
    public void What_is_typed_is_told_with_every_key()
    {
        var list = Show(new Assertion { Type = AssertionType.Contains }, new Assertion { Type = AssertionType.IsJson });

        list.Find("#x-0").Input("tea\r\nand milk");
        list.Find(".same input").Change(true);

        Assert.Equal([new Assertion { Type = AssertionType.Contains, Value = "tea\nand milk", IgnoreCase = true }, new Assertion { Type = AssertionType.IsJson }], _now);
    }

    [Fact]
    public void Another_kind_keeps_what_was_typed()
    {
        var list = Show(new Assertion { Type = AssertionType.Contains, Value = "tea", IgnoreCase = true });

        list.Find("#x-0-type").Change(nameof(AssertionType.Regex));

        Assert.Equal(new Assertion { Type = AssertionType.Regex, Value = "tea", IgnoreCase = true }, Assert.Single(_now));
    }

    [Theory]
    [InlineData(AssertionType.Regex, "(tea", "The pattern cannot be used")]
    [InlineData(AssertionType.JsonSchema, "{\"type\": \"text\"}", "is no type of JSON")]
    [InlineData(AssertionType.JsonSchema, "{", "it is no valid JSON")]
    [InlineData(AssertionType.WordsAtMost, "few", "is no whole number")]
    public void What_cannot_be_used_is_said_and_kept_as_it_is(AssertionType type, string value, string words)
    {
        var list = Show(new Assertion { Type = type });

        list.Find("#x-0").Input(value);

        Assert.Contains(words, list.Find(".error").TextContent, StringComparison.Ordinal);
        Assert.Equal("true", list.Find("#x-0").GetAttribute("aria-invalid"));
        Assert.Equal(value, _now[0].Value);
    }

    [Fact]
    public void An_empty_check_is_asked_for_kindly_and_not_marked_wrong()
    {
        var list = Show(new Assertion { Type = AssertionType.Contains });

        Assert.Empty(list.FindAll(".error, [aria-invalid]"));
        Assert.Contains("Write the text to look for.", list.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_judge_is_chosen_among_the_models_there_are_and_one_that_is_gone_stays_shown()
    {
        var list = Show(new Assertion { Type = AssertionType.Judge, Value = "Kind?", Model = "Gone" });
        Assert.Equal(["", "First", "Second", "Third", "Gone"], list.FindAll("#x-0-model option").Select(option => option.GetAttribute("value")));

        list.Find("#x-0-model").Change("Second");

        Assert.Equal("Second", _now[0].Model);
    }

    [Fact]
    public void A_judge_whose_key_cannot_be_read_says_so_and_cannot_be_chosen()
    {
        var free = Show(new Assertion { Type = AssertionType.Judge, Value = "Kind?" });
        var bound = Show(new Assertion { Type = AssertionType.Judge, Value = "Kind?", Model = "Third" });

        Assert.Equal([false, false, false, true], free.FindAll("#x-0-model option").Select(option => option.HasAttribute("disabled")));
        Assert.Equal("Third (its key cannot be read)", free.FindAll("#x-0-model option")[3].TextContent);
        Assert.Empty(free.FindAll(".error"));
        Assert.False(bound.FindAll("#x-0-model option")[3].HasAttribute("disabled"));
        Assert.Equal("Your API key for Third cannot be read any more. Use “Replace key” on the page Models, or choose another judge.", bound.Find(".error").TextContent);
    }

    [Fact]
    public void A_check_is_removed_and_the_others_stay()
    {
        var list = Show(new Assertion { Type = AssertionType.Contains, Value = "a" }, new Assertion { Type = AssertionType.Contains, Value = "b" });

        list.Find("[aria-label='Remove the check: contains “a”']").Click();

        Assert.Equal("b", Assert.Single(_now).Value);
    }

    private IRenderedComponent<AssertionList> Show(params Assertion[] assertions) => Render<AssertionList>(parameters => parameters
        .Add(it => it.Assertions, assertions).Add(it => it.IdPrefix, "x").Add(it => it.Models, [new("First"), new("Second"), new("Third", IsUnreadable: true)]).Add(it => it.OnChanged, now => _now = now));
}
