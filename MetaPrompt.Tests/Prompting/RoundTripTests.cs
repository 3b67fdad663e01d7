using CsCheck;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Exporting;
using MetaPrompt.Web.Prompting.Importing;
using Xunit;

namespace MetaPrompt.Tests.Prompting;

/// <summary>Out and in again: the same text and the same variables, as far as the format carries them.</summary>
public sealed class RoundTripTests
{
    private static readonly string[] Pieces =
        ["{{", "}}", "{%", "{#", "\\{{", "\\", "{{{", "{{#if x}}", "{% raw %}", "user:\n", "system:\n", "---\n", "{{! }}", "{{role \"x\"}}", "\u2028", "😀", "${a}", " \n", "\n\n", "# Head\n", "- a\n", "~", "null", "=1+1"];

    private static readonly Gen<string> AnyText = Gen.OneOf(
        Gen.Char["ab_1 {}%#\\\n\t\"'é<>$:-|!~.*/日"].Array[0, 30].Select(letters => new string(letters)),
        Gen.Int[0, Pieces.Length - 1].Select(place => Pieces[place]));

    private static readonly Gen<string> AnyName = Gen.Select(Gen.Char["abcXYZ_é"], Gen.Char["abc019_ß"].Array[0, 10], (first, rest) => "v" + first + new string(rest));

    private static readonly Gen<PromptVariable> AnyVariable =
        Gen.Select(AnyName, AnyText, AnyText, AnyText, Gen.Enum<VariableType>(), Gen.Bool, Gen.Int[0, 50]).Select(all => new PromptVariable
        {
            Name = all.Item1,
            Label = Line(all.Item2),
            Help = Line(all.Item3),
            Default = Value(all.Item4),
            Example = Value(all.Item2 + all.Item4),
            Type = all.Item5 == VariableType.Choice ? VariableType.Text : all.Item5,
            Required = all.Item6,
            MaxLength = all.Item7 == 0 ? null : all.Item7,
        });

    private static readonly Gen<PortablePrompt> AnyPrompt =
        Gen.Select(AnyText.Array[1, 6], AnyVariable.Array[0, 3], Gen.Int[0, 1000]).Select(all =>
        {
            var variables = all.Item2.DistinctBy(variable => variable.Name).ToList();
            var template = "";
            var literal = "Do";
            for (var place = 0; place < all.Item1.Length; place++)
            {
                literal += all.Item1[place];
                if (place >= variables.Count)
                    continue;
                // A backslash right before a placeholder would escape it.
                template += PromptTemplate.Escape(literal.TrimEnd('\\')) + PromptTemplate.Placeholder(variables[place].Name);
                literal = "";
            }

            template = (template + PromptTemplate.Escape(literal)).Trim();
            return new PortablePrompt
            {
                Title = $"Title {all.Item3}: {Line(all.Item1[0])}".Trim(),
                Goal = $"A goal {all.Item3}",
                Template = template,
                Variables = PromptVariables.Reconcile(template, variables),
            };
        });

    public static TheoryData<PromptFormat> Formats => [.. Enum.GetValues<PromptFormat>()];

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_real_prompts_come_back_with_the_same_text_and_variables(PromptFormat format)
    {
        if (RealPrompts.File() is not { } path)
            return;
        var real = PromptFiles.Read("prompts.csv", File.ReadAllBytes(path)).Prompts.Select(row => row.Prompt).ToList();
        Assert.Equal(993, real.Count);

        var exported = PromptExport.Write(real, format);

        var back = exported.Files.SelectMany(file => PromptFiles.ReadText(file.Name, file.Text).Prompts).Select(read => read.Prompt).ToList();
        Assert.Equal(real.Count, back.Count);
        var changed = new List<string>();
        for (var place = 0; place < real.Count; place++)
        {
            var (was, now) = (real[place], back[place]);
            if (was.Template != now.Template || !Carried(was, format).SequenceEqual(Carried(now, format)))
                changed.Add($"{place} {was.Title}: {string.Join(' ', PromptDifferences.Find(was, now))}");
            if (format is not PromptFormat.Promptfoo)
                Assert.Equal(was.Title, now.Title);
        }

        Assert.True(changed.Count <= Excused(format), $"{changed.Count}:\n" + string.Join('\n', changed.Take(40)));
        // Whatever changed was told before the download.
        Assert.All(changed, one => Assert.Contains(exported.Losses, loss => one.Contains(loss.Title, StringComparison.Ordinal)));
    }

    [Fact]
    public void Any_prompt_comes_back_from_Markdown_whole() => AnyPrompt.Sample(prompt =>
    {
        var exported = PromptExport.Write([prompt], PromptFormat.Markdown);

        var back = Assert.Single(PromptFiles.ReadText(exported.Files[0].Name, exported.Files[0].Text).Prompts).Prompt;
        Assert.Equal((prompt.Title, prompt.Goal, prompt.Template), (back.Title, back.Goal, back.Template));
        Assert.Equal(PromptVariables.ToJson(prompt.Variables), PromptVariables.ToJson(back.Variables));
        Assert.Empty(exported.Losses);
    });

    [Theory]
    [InlineData(PromptFormat.Promptfoo)]
    [InlineData(PromptFormat.Prompty)]
    [InlineData(PromptFormat.Dotprompt)]
    public void Any_prompt_comes_back_with_its_text_and_names_where_braces_can_be_escaped(PromptFormat format) => AnyPrompt.Sample(prompt =>
    {
        var exported = PromptExport.Write([prompt], format);

        var back = Assert.Single(PromptFiles.ReadText(exported.Files[0].Name, exported.Files[0].Text).Prompts).Prompt;
        Assert.Equal(prompt.Template, back.Template);
        Assert.Equal(prompt.Variables.Select(variable => (variable.Name, variable.Default ?? "", variable.Example ?? "")), back.Variables.Select(variable => (variable.Name, variable.Default ?? "", variable.Example ?? "")));
    });

    // \{{ is an escape, so the brace behind it begins no role.
    [Theory]
    [InlineData("Say {{{role \"user\"}} aloud")]
    [InlineData("Say \\{{{role \"x\"}}")]
    [InlineData("Say {{{{role \"user\"}}}}")]
    public void What_only_looks_like_a_role_stays_text_in_Dotprompt(string text)
    {
        var template = PromptTemplate.Escape(text);
        var prompt = new PortablePrompt { Title = "A text about roles", Template = template };

        var exported = PromptExport.Write([prompt], PromptFormat.Dotprompt);

        Assert.Equal(template, Assert.Single(PromptFiles.ReadText(exported.Files[0].Name, exported.Files[0].Text).Prompts).Prompt.Template);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Whatever_a_prompt_loses_is_in_the_report(PromptFormat format) => AnyPrompt.Sample(prompt =>
    {
        var exported = PromptExport.Write([prompt, prompt with { Title = "Another" }], format);

        var back = exported.Files.SelectMany(file => PromptFiles.ReadText(file.Name, file.Text, format).Prompts).Select(read => read.Prompt).ToList();
        if (back.Count == 2 && back[0].Template != prompt.Template)
            Assert.Contains(exported.Losses, loss => loss.Title == prompt.Title);
    });

    // Prompts that a format has no way to say; each is told in the report.
    private static int Excused(PromptFormat format) => format switch
    {
        // "{{code here}}" is text in two of them, and nothing in these formats tells text from a placeholder.
        PromptFormat.Langfuse or PromptFormat.GitHubModels => 2,
        // One has a variable called "this", which Handlebars keeps for itself.
        PromptFormat.Dotprompt => 1,
        // "{{HOME}}" becomes "${HOME}", whose name is read as "home" like that of "${Home}".
        PromptFormat.PromptsChat => 2,
        _ => 0,
    };

    private static IEnumerable<string> Carried(PortablePrompt prompt, PromptFormat format) => prompt.Variables.Select(variable => format switch
    {
        PromptFormat.Markdown => PromptVariables.ToJson([variable]),
        PromptFormat.Promptfoo => $"{variable.Name}|{variable.Default}",
        PromptFormat.Prompty or PromptFormat.Dotprompt or PromptFormat.PromptsChat => $"{variable.Name}|{variable.Default}|{string.Join('|', variable.Choices)}",
        _ => variable.Name,
    });

    private static string? Line(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) is { Length: > 0 } line ? line : null;

    private static string? Value(string text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
