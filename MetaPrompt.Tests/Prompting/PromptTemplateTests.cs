using System.Diagnostics;
using CsCheck;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>The template language.</summary>
public sealed class PromptTemplateTests
{
    private static readonly Gen<string> AnyText = Gen.Char["ab_1 {}\\\n\t\"é<>"].Array[0, 50].Select(letters => new string(letters));

    private static readonly Gen<string> AnyName = Gen.Select(Gen.Char["abcXYZ_é"], Gen.Char["abc019_ß"].Array[0, 20], (first, rest) => first + new string(rest));

    [Theory]
    [InlineData("Hello {{name}}", "name")]
    [InlineData("{{ name }}", "name")]
    [InlineData("{{größe}} {{имя}} {{नाम}}", "größe,имя,नाम")]
    [InlineData("{{{x}}}", "x")]
    [InlineData("{\"a\": {{value}}}", "value")]
    [InlineData("{{a}}{{b}}{{a}}", "a,b")]
    [InlineData("\\{{name}}", "")]
    [InlineData("{{1a}} {{a b}} {{}} {{a\n}} {{a} }", "")]
    [InlineData("{\"a\": {\"b\": 1}}", "")]
    public void Only_well_formed_placeholders_are_variables(string text, string names) =>
        Assert.Equal(names, string.Join(',', PromptTemplate.Parse(text).VariableNames));

    [Fact]
    public void A_name_may_have_64_characters_and_not_one_more()
    {
        Assert.Single(PromptTemplate.Parse("{{" + new string('a', 64) + "}}").VariableNames);
        Assert.Empty(PromptTemplate.Parse("{{" + new string('a', 65) + "}}").VariableNames);
    }

    [Fact]
    public void The_parts_of_any_text_follow_each_other_without_a_gap() => AnyText.Sample(text =>
    {
        var at = 0;
        foreach (var part in PromptTemplate.Parse(text).Parts)
        {
            Assert.Equal(at, part.Start);
            Assert.True(part.Length > 0);
            at += part.Length;
        }
        Assert.Equal(text.Length, at);
    });

    [Fact]
    public void Any_text_escaped_and_resolved_is_itself() => AnyText.Sample(text =>
    {
        var template = PromptTemplate.Parse(PromptTemplate.Escape(text));
        Assert.Empty(template.VariableNames);
        Assert.Equal(text, template.Resolve(new Dictionary<string, string>()));
    });

    [Fact]
    public void Values_go_in_word_for_word_and_are_not_read_again() => Gen.Select(AnyText, AnyText, AnyName).Sample((before, value, name) =>
    {
        var template = PromptTemplate.Parse(PromptTemplate.Escape(before + " ") + PromptTemplate.Placeholder(name) + " end");
        Assert.Equal(before + " " + value + " end", template.Resolve(new Dictionary<string, string> { [name] = value }));
    });

    [Fact]
    public void A_value_with_a_placeholder_in_it_stays_as_it_is() =>
        Assert.Equal("{{b}} 2", PromptTemplate.Parse("{{a}} {{b}}").Resolve(new Dictionary<string, string> { ["a"] = "{{b}}", ["b"] = "2" }));

    [Fact]
    public void A_missing_value_leaves_its_placeholder() => Assert.Equal("{{a}} 2", PromptTemplate.Parse("{{ a }} {{b}}").Resolve(new Dictionary<string, string> { ["b"] = "2" }));

    [Fact]
    public void Renaming_there_and_back_changes_nothing_and_moves_the_value() => Gen.Select(AnyText, AnyName, AnyName).Where((text, from, to) => from != to).Sample((text, from, to) =>
    {
        var template = PromptTemplate.Parse(PromptTemplate.Escape(text + " ") + PromptTemplate.Placeholder(from));
        var renamed = PromptTemplate.Parse(template.Rename(from, to));
        Assert.Equal([to], renamed.VariableNames);
        Assert.Equal(template.Text, renamed.Rename(to, from));
    });

    [Fact]
    public void Renaming_to_what_is_no_name_says_so() => Assert.Throws<ArgumentException>(() => PromptTemplate.Parse("{{a}}").Rename("a", "1 b"));

    [Fact]
    public void A_long_template_resolves_in_linear_time()
    {
        // Each of these is bad for a parser that looks ahead from every brace.
        foreach (var piece in new[] { "{{", "{{name}} text ", "{{ ", "\\{{", "{{name " })
        {
            var text = string.Concat(Enumerable.Repeat(piece, 150_000 / piece.Length));
            var watch = Stopwatch.StartNew();
            PromptTemplate.Parse(text).Resolve(new Dictionary<string, string> { ["name"] = "value" });
            Assert.True(watch.ElapsedMilliseconds < 1_000, $"{piece}: {watch.ElapsedMilliseconds} ms");
        }
    }
}
