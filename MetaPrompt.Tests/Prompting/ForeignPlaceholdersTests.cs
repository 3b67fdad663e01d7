using CsCheck;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>Other tools' placeholders.</summary>
public sealed class ForeignPlaceholdersTests
{
    [Theory]
    [InlineData("Interview for ${Position:Software Developer}.", "Interview for {{position}}.")]
    [InlineData("Speak ${Mother Language}.", "Speak {{mother_language}}.")]
    [InlineData("Dear [CUSTOMER NAME],", "Dear {{customer_name}},")]
    [InlineData("Write about [your topic].", "Write about {{your_topic}}.")]
    [InlineData("Act like {character} from {series}.", "Act like {{character}} from {{series}}.")]
    [InlineData("Translate to <target language> now.", "Translate to {{target_language}} now.")]
    [InlineData("Hello %first_name%!", "Hello {{first_name}}!")]
    public void Each_style_becomes_the_one_of_the_project(string text, string expected) =>
        Assert.Equal(expected, ForeignPlaceholders.Convert(text).Template);

    [Theory]
    [InlineData("A [link](https://example.org) and a [REF][1] and - [X] done")]
    [InlineData("""Answer as {"reason": "...", "team": "..."}""")]
    [InlineData("<ticket>\n{{ticket}}\n</ticket>")]
    [InlineData("Line one<br>line two")]
    [InlineData("Run `echo {name}` and `<name>`")]
    [InlineData("```\nconst a = {name};\n```")]
    [InlineData("const s = `${f(x)}`")]
    [InlineData("50% of users and 20% of prompts")]
    [InlineData("Keep {{name}} and \\{{literal}}")]
    public void What_may_be_something_else_stays_as_it_is(string text) =>
        Assert.Equal(text, ForeignPlaceholders.Convert(text).Template);

    [Fact]
    public void A_default_with_short_parts_becomes_choices()
    {
        var variable = Assert.Single(ForeignPlaceholders.Convert("In a ${Tone:formal, friendly, dry} tone").Variables);

        Assert.Equal(VariableType.Choice, variable.Type);
        Assert.Equal(["formal", "friendly", "dry"], variable.Choices);
        Assert.Equal("formal", variable.Default);
        Assert.Equal("Tone", variable.Label);
    }

    [Fact]
    public void A_default_that_is_a_sentence_stays_a_sentence() =>
        Assert.Equal("Hello, I am Ann. Who are you?", Assert.Single(ForeignPlaceholders.Convert("${Greeting:Hello, I am Ann. Who are you?}").Variables).Default);

    [Fact]
    public void The_same_blank_twice_is_one_variable_and_the_first_default_counts()
    {
        var conversion = ForeignPlaceholders.Convert("${Name} and ${Name:Ann} and ${name:Bob}");

        Assert.Equal("{{name}} and {{name}} and {{name}}", conversion.Template);
        Assert.Equal("Ann", Assert.Single(conversion.Variables).Default);
    }

    [Fact]
    public void Only_the_styles_asked_for_are_converted()
    {
        var conversion = ForeignPlaceholders.Convert("${a} [NAME] {b}", PlaceholderStyles.Dollar);

        Assert.Equal("{{a}} [NAME] {b}", conversion.Template);
        Assert.Contains("${", Assert.Single(conversion.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_converts_into_a_template_whose_variables_are_all_declared_and_converting_again_changes_nothing() =>
        Gen.Char["ab AB_{}[]<>%$:,\\`\n/"].Array[0, 60].Select(letters => new string(letters)).Sample(text =>
        {
            var once = ForeignPlaceholders.Convert(text);
            Assert.Equal(PromptTemplate.Parse(once.Template).VariableNames, once.Variables.Select(variable => variable.Name));
        });
}
