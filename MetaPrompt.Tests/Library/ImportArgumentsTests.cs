using MetaPrompt.Web.Features.Library;
using Xunit;

namespace MetaPrompt.Tests.Library;

public sealed class ImportArgumentsTests
{
    [Theory]
    [InlineData("prompts.csv --owner ada@example.test --publish --category Community")]
    [InlineData("--publish --category=Community --owner=ada@example.test prompts.csv")]
    public void They_are_read_in_any_order(string line)
    {
        var expected = new ImportArguments { File = "prompts.csv", Owner = "ada@example.test", Publish = true, Category = "Community" };

        Assert.Equal(expected, ImportArguments.Parse(line.Split(' ')));
    }

    [Fact]
    public void Publishing_and_category_may_be_left_out()
    {
        Assert.Equal(
            new ImportArguments { File = "a.csv", Owner = "ada@example.test" },
            ImportArguments.Parse(["a.csv", "--owner", "ada@example.test"]));
    }

    [Theory]
    [InlineData("--owner ada@example.test", "The file is missing")]
    [InlineData("a.csv", "--owner")]
    [InlineData("a.csv --owner", "--owner needs a value")]
    [InlineData("a.csv b.csv --owner x", "a.csv and b.csv")]
    [InlineData("a.csv --owner x --dry", "--dry is not known")]
    [InlineData("a.csv --owner x --publish=yes", "--publish=yes is not known")]
    public void What_is_missing_or_unknown_is_named_with_the_usage(string line, string reason)
    {
        var failure = Assert.Throws<FormatException>(() => ImportArguments.Parse(line.Split(' ')));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Contains(ImportArguments.Usage, failure.Message, StringComparison.Ordinal);
    }
}
