using CsCheck;
using MetaPrompt.Web.Features.Testing.Cases;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;
using Xunit;

namespace MetaPrompt.Tests.Testing.Cases;

public sealed class CaseSheetTests
{
    private static readonly PromptVariable[] Variables = [new() { Name = "topic" }, new() { Name = "reader", Label = "Who reads it" }, new() { Name = "notes", Type = VariableType.LongText }];

    private static readonly string[] Traps = ["=1+1", "'=1+1", "''+x", "-5", "+49 30 1", "@SUM(A1)", "contains:x", "\tx", "__expected", "topic"];

    private static readonly Gen<string> AnyCell = Gen.OneOf(
        Gen.Char["ab \"',;\t\n=+-@1日é{}"].Array[0, 12].Select(signs => new string(signs)),
        Gen.Int[0, 9].Select(place => Traps[place]));

    private static readonly Gen<Assertion> AnyCheck = Gen.Select(Gen.Enum<AssertionType>(), AnyCell, AnyCell, Gen.Bool).Select(all => new Assertion
    {
        Type = all.Item1, Value = all.Item2, Path = all.Item1 == AssertionType.JsonPathEquals && all.Item3.Length > 0 ? all.Item3 : null, IgnoreCase = all.Item4,
    });

    [Fact]
    public void Cells_of_a_spreadsheet_go_to_the_variables_their_headings_name()
    {
        var read = CaseSheet.Read("Who reads it\tTOPIC\tprice\nchildren\ttea\t3\n\n\"two\nlines\"\t\"a \"\"b\"\"\"\t4\n", Variables);

        Assert.Null(read.Problem);
        Assert.True(read.HasHeader);
        Assert.Equal(["topic", "reader"], read.Variables);
        Assert.Equal([("tea", "children"), ("a \"b\"", "two\nlines")], read.Cases.Select(row => (row.Value("topic"), row.Value("reader"))));
        Assert.Contains("“price”", Assert.Single(read.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Promptfoos_columns_are_the_name_and_what_is_expected()
    {
        var read = CaseSheet.Read("__description,topic,__expected,__expected2,__metadata:x\nGreen,tea,yes,contains:green,1\n,milk,,javascript:1,\n", Variables);

        Assert.Equal(["Green", ""], read.Cases.Select(row => row.Name));
        Assert.Equal([new Assertion { Type = AssertionType.EqualTo, Value = "yes" }, new Assertion { Type = AssertionType.Contains, Value = "green" }], read.Cases[0].Assertions);
        Assert.Empty(read.Cases[1].Assertions);
        Assert.Contains(read.Notes, note => note.Contains("javascript:1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("topic;reader\ntea, green;children")]
    [InlineData("topic,reader\n\"tea, green\",children")]
    [InlineData("\ufefftopic\treader\r\ntea, green\tchildren")]
    public void The_separator_is_the_one_of_the_first_line(string text)
    {
        var row = Assert.Single(CaseSheet.Read(text, Variables).Cases);

        Assert.Equal(("tea, green", "children"), (row.Value("topic"), row.Value("reader")));
    }

    [Fact]
    public void One_column_keeps_its_commas()
    {
        Assert.Equal(["Tea, green", "Milk, cold"], CaseSheet.Read("topic\nTea, green\nMilk, cold", Variables).Cases.Select(row => row.Value("topic")));
    }

    [Fact]
    public void Without_headings_the_columns_are_taken_in_order()
    {
        var read = CaseSheet.Read("tea\tchildren\nmilk\tadults", Variables);

        Assert.False(read.HasHeader);
        Assert.Equal([("tea", "children"), ("milk", "adults")], read.Cases.Select(row => (row.Value("topic"), row.Value("reader"))));
        Assert.Contains("in the table's order: topic, reader", read.Notes[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "no rows")]
    [InlineData(" \n\t\n", "no rows")]
    [InlineData("topic,reader", "no rows under it")]
    public void What_has_no_cases_in_it_says_so(string text, string words) => Assert.Contains(words, CaseSheet.Read(text, Variables).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_quotation_mark_that_is_never_closed_loses_nothing_before_it() =>
        Assert.Equal("tea", CaseSheet.Read("topic\ntea\n\"never closed\n" + new string('x', 1_000), Variables).Cases[0].Value("topic"));

    [Theory]
    [InlineData("=HYPERLINK(\"http://evil\")", "\"'=HYPERLINK")]
    [InlineData("@SUM(A1)", ",'@SUM")]
    [InlineData("+cmd|' /C calc'!A0", ",'+cmd")]
    [InlineData("-2+3", ",'-2+3")]
    public void No_cell_of_an_export_is_calculated_with(string value, string written) =>
        Assert.Contains(written, CaseSheet.Write([Case(new() { ["topic"] = value })], Variables), StringComparison.Ordinal);

    [Fact]
    public void Numbers_stay_numbers() => Assert.Contains(",-5,", CaseSheet.Write([Case(new() { ["topic"] = "-5" })], Variables), StringComparison.Ordinal);

    [Fact]
    public void What_is_exported_is_imported_as_it_was() => Gen.Select(AnyCell, AnyCell, AnyCell, AnyCheck.Array[0, 4]).Array[1, 5].Sample(rows =>
    {
        CaseDraft[] cases = [.. rows.Select(all => new CaseDraft
        {
            Id = Guid.NewGuid(),
            Name = "n" + all.Item1.ReplaceLineEndings(" ").Trim(),
            Values = new[] { ("topic", all.Item2), ("reader", all.Item3) }.Where(pair => pair.Item2.Length > 0).ToDictionary(pair => pair.Item1, pair => pair.Item2),
            Assertions = all.Item4,
        })];

        var read = CaseSheet.Read(CaseSheet.Write(cases, Variables), Variables);

        Assert.Equal(cases.Select(row => row.Name), read.Cases.Select(row => row.Name));
        Assert.Equal(cases.Select(row => row.Values), read.Cases.Select(row => row.Values));
        // Those that promptfoo has a text for come first.
        Assert.Equal(
            cases.Select(row => row.Assertions.OrderBy(check => ExpectedText.Write(check) is null).ToArray()),
            read.Cases.Select(row => row.Assertions.ToArray()));
    });

    private static CaseDraft Case(Dictionary<string, string> values) => new() { Id = Guid.NewGuid(), Values = values };
}
