using System.Diagnostics;
using System.Globalization;
using System.Text;
using MetaPrompt.Data.Accounts;
using MetaPrompt.Data.Templates;
using MetaPrompt.Web.Features.Account;
using MetaPrompt.Web.Features.History;
using MetaPrompt.Web.Features.Library;
using MetaPrompt.Web.Features.Syndication;
using MetaPrompt.Web.Features.Testing;
using MetaPrompt.Web.Features.Testing.Cases;
using MetaPrompt.Web.Features.Wizard;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Prompting.Assertions;
using MetaPrompt.Web.Prompting.Exporting;
using MetaPrompt.Web.Prompting.Importing;
using MetaPrompt.Web.Shared;
using Xunit;

namespace MetaPrompt.Tests.Abuse;

/// <summary>
/// The whole corpus through every door by which text comes into the interactive pages, which no request shows: what is typed into
/// wizard, editor and tables, pasted, dropped as a file, or answered by a model. Each takes it or refuses it with the exception
/// it is known for, and soon.
/// </summary>
public sealed class DoorTests
{
    // On a busy machine; alone the slowest takes a tenth of it.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private static readonly PromptVariable[] Variables = [.. PromptVariables.FromJson("""[{"name":"topic"},{"name":"evil"}]""")];

    // By name, so that a test says which.
    private static readonly Dictionary<string, Action<string>> Doors = new()
    {
        ["markdown"] = text => Assert.Empty(LiveMarkup.In(PromptMarkdown.Text(text).Value)),
        ["template as a page"] = text => Assert.Empty(LiveMarkup.In(PromptMarkdown.Template(text, new Dictionary<string, string> { ["a"] = text[..Math.Min(200, text.Length)] }).Value)),
        ["template"] = text => PromptTemplate.Parse(text),
        ["checks"] = text => PromptChecks.Find(Cut(text, 60_000), Variables),
        ["sections"] = text => TemplateSections.Of(Cut(text, 60_000), []),
        ["goal and composer"] = text =>
        {
            var goal = GoalReader.Read(Cut(text, 500));
            Questions.For(goal, []);
            Composer.Compose(goal, []);
        },
        ["edited template"] = text => EditedTemplate.Empty.Write(Cut(CleanText.Of(text), 100_000)),
        ["hunks"] = text => Hunks.Of(Cut(text, 5_000), "evil " + Cut(text, 3_000)),
        ["line differences"] = text => LineDiff.Of(Cut(text, 20_000), Cut(text, 10_000) + "\nevil"),
        ["word differences"] = text => TextDiff.Of(Cut(text, 20_000), "evil " + Cut(text, 10_000)),
        ["variables"] = text => PromptVariables.FromJson(text),
        ["variable's value"] = text => Array.ForEach(Variables, variable => VariableValue.Problem(variable, Cut(text, 20_000))),
        ["variable's name"] = text =>
        {
            VariableNames.Normalise(Cut(text, 5_000));
            VariableNames.Whole(Cut(text, 5_000));
        },
        ["tokens"] = text => TokenEstimate.Count(Cut(text, 20_000)),
        ["words"] = text => WordCount.Of(text),
        ["clean text"] = text => Assert.DoesNotContain(CleanText.Of(text), sign => char.IsControl(sign) && sign is not ('\n' or '\t')),
        ["marked words"] = text => SearchHighlight.Mark(Cut(text, 5_000), ["evil", Cut(text, 20)]),
        ["pasted cases"] = text => CaseSheet.Write(CaseSheet.Read(Cut(text, 100_000), Variables).Cases, Variables),
        ["checks of a case"] = text =>
        {
            AssertionJson.Read(text);
            ExpectedText.Read(Cut(text, 10_000));
        },
        ["regular expression"] = text => SafeRegex.Parse(Cut(text, 40), ignoreCase: true, out _),
        ["JSON schema"] = text => SchemaReader.Read(Cut(text, 50_000), out _),
        ["JSON path"] = text => JsonPlaces.Parse(Cut(text, 5_000), out _),
        ["a model's answer as JSON"] = text => JsonReading.InAnswer(text, out _, out _),
        ["a model's questions"] = text => WizardReplies.Questions(text, [], [], out _),
        ["a model's template"] = text => WizardReplies.Template(text, GoalReader.Read("Write a poem"), [], out _),
        ["a model's template so far"] = text => WizardReplies.TemplateSoFar(text),
        ["a kept draft"] = text => WizardDraft.Read(text),
        ["kept drafts"] = text => DraftStore.Read(System.Text.Json.JsonSerializer.Serialize(new { drafts = new[] { new { id = text, owner = text, state = text, typed = text, kept = text } }, typed = text, current = text }), null),
        ["kept fields"] = text => KeptFields.Read(text),
        ["a test's setup"] = text => TestSetup.FromJson(text, Guid.NewGuid()),
        ["parameters"] = text =>
        {
            // Written by the program alone, and read from a column that holds JSON.
            Refused<System.Text.Json.JsonException>(() => RunParameters.FromJson(text));
            foreach (var field in ParameterText.Fields)
            {
                try
                {
                    ParameterText.Set(RunParameters.None, field, text);
                }
                catch (FormatException)
                {
                    // Its way to say that this is no value.
                }
            }
        },
        ["temperatures"] = text => Temperatures.Read(Cut(text, 5_000)),
        ["tags"] = text => PublishTerms.Add([], Cut(text, 5_000)),
        ["library's address"] = text => LibraryUrl.Read(text, [Cut(text, 100)], text, text),
        ["results' address"] = text => ResultsUrl.Read("?" + Cut(text, 5_000)),
        ["way back"] = text => Assert.True(LocalUrl.OrHome(text) is ['/', ..] and not ['/', '/' or '\\', ..], text),
        ["way back after signing in"] = text => Assert.True(ReturnAddress.Or(text) is ['/', ..] and not ['/', '/' or '\\', ..], text),
        ["mail address"] = text => Assert.DoesNotContain('\n', EmailAddress.TryNormalise(text) ?? ""),
        ["password"] = text => PasswordRules.Problem(text),
        ["picture"] = text => AvatarImage.MediaType(Encoding.Latin1.GetBytes(text)),
        ["browser's name"] = text => Assert.InRange(UserAgentWords.Short(text).Length, 1, 60),
        ["feed"] = text => System.Xml.XmlConvert.VerifyXmlChars(XmlText.Of(text)),
        ["structured data"] = text => Assert.DoesNotContain("</", StructuredData.Write([StructuredData.Breadcrumbs((text, "/a"), ("evil", text))], path => "https://a.example" + path), StringComparison.Ordinal),
        ["import's arguments"] = text => Refused<FormatException>(() => ImportArguments.Parse([Cut(text, 5_000), "--owner", text])),
        ["a file that is imported"] = text => Refused<FormatException>(() => PromptFiles.Read("evil", Encoding.UTF8.GetBytes(text))),
    };

    /// <summary>Their names.</summary>
    public static TheoryData<string> Names => [.. Doors.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_door_takes_the_whole_corpus_soon(string door)
    {
        var wrong = new List<string>();
        foreach (var input in Corpus.All)
        {
            var began = Stopwatch.GetTimestamp();
            try
            {
                // As it comes over the wire: there is no half of a surrogate pair in UTF-8.
                Doors[door](Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(input.Text)));
            }
            catch (Exception failure) when (failure is not OutOfMemoryException)
            {
                wrong.Add($"{input}: {failure.GetType().Name} {failure.Message}\n{failure.StackTrace?.Split('\n')[0]}");
            }

            if (Stopwatch.GetElapsedTime(began) is var took && took > Soon)
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{input}: {took.TotalSeconds:N1} s"));
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong.Take(20)));
    }

    [Theory]
    [InlineData(PromptFormat.Promptfoo)]
    [InlineData(PromptFormat.GitHubModels)]
    [InlineData(PromptFormat.Prompty)]
    [InlineData(PromptFormat.Dotprompt)]
    [InlineData(PromptFormat.Langfuse)]
    [InlineData(PromptFormat.PromptsChat)]
    [InlineData(PromptFormat.Markdown)]
    public void Every_format_is_refused_in_words_or_read_and_comes_out_again(PromptFormat format)
    {
        foreach (var input in Corpus.All)
        {
            var began = Stopwatch.GetTimestamp();
            Refused<FormatException>(() => PromptFiles.Read("evil", Encoding.UTF8.GetBytes(input.Text), format));
            // As the title, the goal and the text of a prompt that leaves.
            var kept = CleanText.Of(input.Text);
            var prompt = new PortablePrompt { Title = Cut(kept, 200), Goal = Cut(kept, 2_000), Template = Cut(kept, 20_000), Tags = [Cut(kept, 30)] };
            if (string.IsNullOrWhiteSpace(kept))
                continue;
            foreach (var file in PromptExport.Write([prompt, prompt], format).Files)
            {
                Assert.Matches("^[\\p{L}\\p{N}][\\p{L}\\p{N}._ -]*$", file.Name);
                Assert.DoesNotContain("..", file.Name, StringComparison.Ordinal);
            }

            Assert.True(Stopwatch.GetElapsedTime(began) < Soon, $"{format}: {input}");
        }
    }

    [Fact]
    public void A_cell_of_a_table_is_no_formula_where_it_is_opened()
    {
        foreach (var input in Corpus.All.Where(input => input.Kind is "csv" or "format" or "shell"))
        {
            var written = CaseSheet.Write([new CaseDraft { Id = Guid.NewGuid(), Name = "a", Values = new Dictionary<string, string> { ["topic"] = input.Text }, Assertions = [] }], Variables);
            Assert.All(Cells(written), cell => Assert.False(cell.Length > 0 && (cell[0] is '=' or '+' or '@' or '\t') && !VariableValue.IsNumber(cell), $"{input}: {cell}"));
        }
    }

    [Fact]
    public void A_preview_picture_is_drawn_of_anything()
    {
        foreach (var input in Corpus.Sample(1, 3))
        {
            var title = Cut(input.Text, 255);
            Assert.NotEmpty(SocialPicture.Draw(title, title, [title, title], title));
        }
    }

    // As a spreadsheet reads them: quotes around, two for one within.
    private static IEnumerable<string> Cells(string csv)
    {
        var (cell, quoted) = (new StringBuilder(), false);
        for (var i = 0; i < csv.Length; i++)
        {
            if (csv[i] == '"' && quoted && i + 1 < csv.Length && csv[i + 1] == '"')
                cell.Append(csv[++i]);
            else if (csv[i] == '"')
                quoted = !quoted;
            else if (!quoted && (csv[i] is ',' or '\n'))
            {
                yield return cell.ToString();
                cell.Clear();
            }
            else
                cell.Append(csv[i]);
        }

        yield return cell.ToString();
    }

    private static void Refused<T>(Action read)
        where T : Exception
    {
        try
        {
            read();
        }
        catch (T refusal)
        {
            Assert.False(string.IsNullOrWhiteSpace(refusal.Message));
        }
    }

    // As the field would: what is longer is refused there with a sentence.
    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..(char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest)];
}
