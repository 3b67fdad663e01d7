using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using CsvHelper;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Features.History;
using MetaPrompt.Web.Prompting.Assertions;
using MetaPrompt.Web.Prompting.Importing;
using Xunit;

namespace MetaPrompt.Tests.History;

/// <summary>Results as files that other programs read.</summary>
public sealed class ResultFilesTests
{
    private static readonly string[] Awkward = ["=1+1", "@SUM(A1)", "-2", "+3", "\t=4", "  =5", "a \"quoted\" word", "line\nbreak", "a,b;c", "é 東京 🙂", "\r\n", "'", "'=1+1", "''@x", ""];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.String[Gen.Char[' ', '~'], 0, 30],
        Gen.Int[0, Awkward.Length - 1].Select(place => Awkward[place]));

    [Fact]
    public async Task A_CSV_read_back_has_the_same_texts_and_no_cell_that_a_spreadsheet_would_calculate() =>
        await Gen.Select(Texts, Texts, Texts).Array[1, 5].SampleAsync(async texts =>
        {
            var rows = texts.Select(text => Row() with { PromptTitle = text.Item1, Result = text.Item2, ResolvedPrompt = text.Item3 }).ToList();
            using var stream = new MemoryStream();
            await ResultFiles.WriteCsvAsync(stream, Stream(rows), CancellationToken.None);

            var read = Records(Encoding.UTF8.GetString(stream.ToArray()).TrimStart('\uFEFF'));
            Assert.Equal(rows.Count + 1, read.Count);
            foreach (var (row, cells) in rows.Zip(read.Skip(1)))
            {
                string Cell(string name) => cells[read[0].IndexOf(name)];
                Assert.Equal((row.PromptTitle, row.Result, row.ResolvedPrompt), (Bare(Cell("prompt")), Bare(Cell("answer")), Bare(Cell("resolved_prompt"))));
                Assert.All(cells, cell => Assert.False(cell.TrimStart(' ', '\t') is ['=' or '+' or '-' or '@', ..], cell));
                Assert.Equal(("", "0.5"), (Cell("cost_usd"), Cell("temperature")));
            }

            static string Bare(string cell) => cell.StartsWith('\'') && Texted(cell[1..]) ? cell[1..] : cell;
            static bool Texted(string text) => text.TrimStart('\'').TrimStart() is ['=' or '+' or '-' or '@', ..] || text.TrimStart('\'') is ['\t' or '\r', ..];
        }, iter: 300);

    [Fact]
    public async Task JSON_has_null_for_what_is_unknown_and_objects_for_what_is_one()
    {
        using var stream = new MemoryStream();
        await ResultFiles.WriteJsonAsync(stream, Stream([Row() with { Outcomes = """[{"type":"contains","passed":null}]""" }, Row()]), CancellationToken.None);

        using var json = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(2, json.RootElement.GetArrayLength());
        var first = json.RootElement[0];
        Assert.Equal(JsonValueKind.Null, first.GetProperty("cost_usd").ValueKind);
        Assert.Equal("tea", first.GetProperty("values").GetProperty("topic").GetString());
        Assert.Equal("contains", first.GetProperty("checks")[0].GetProperty("type").GetString());
        Assert.Equal("done", first.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_hundred_thousand_rows_are_not_held()
    {
        var text = new string('x', 10_000);
        async IAsyncEnumerable<ResultDetails> Many()
        {
            for (var number = 0; number < 2_000; number++)
            {
                yield return Row() with { Result = text };
                await Task.Yield();
            }
        }

        foreach (var write in (Func<Stream, IAsyncEnumerable<ResultDetails>, CancellationToken, Task>[])[ResultFiles.WriteCsvAsync, ResultFiles.WriteJsonAsync])
        {
            var counted = new CountingStream();
            await write(counted, Many(), CancellationToken.None);
            Assert.InRange(counted.Written, 20_000_000, 30_000_000);
            Assert.InRange(counted.Largest, 1, 1_000_000);
        }
    }

    [Fact]
    public void A_promptfoo_config_has_each_model_prompt_and_test_once()
    {
        var config = new PromptfooResults();
        var prompt = Guid.NewGuid();
        var checks = AssertionJson.WriteOutcomes([new AssertionOutcome(new Assertion { Type = AssertionType.Contains, Value = "{{tea}}" }, true, "It does.")]);
        foreach (var model in (string[])["gpt-4o", "claude-3-5-haiku", "llama3.2:3b"])
        {
            Assert.True(config.Add(Row() with { PromptId = prompt, PromptVersion = 2, ModelId = model, Model = model, Outcomes = checks, CaseName = "Tea" }));
            Assert.True(config.Add(Row() with { PromptId = prompt, PromptVersion = 2, ModelId = model, Model = model, Outcomes = checks, CaseName = "Tea" }));
        }

        var yaml = config.Write([new TestedTemplate { PromptId = prompt, Version = 2, Title = "Write", Template = "About {{topic}}.", IsThatVersion = true }], "2026-11-23");

        var tree = YamlTree.Read(yaml);
        Assert.Equal(["openai:chat:gpt-4o", "anthropic:messages:claude-3-5-haiku", "ollama:chat:llama3.2:3b"], tree["providers"]!.Items.Select(provider => provider["id"]!.Text));
        Assert.All(tree["providers"]!.Items, provider => Assert.Equal("0.5", provider["config"]!["temperature"]!.Text));
        var written = Assert.Single(tree["prompts"]!.Items);
        Assert.Equal(("Write v2", "About {{topic}}.\n"), (written["label"]!.Text, written["raw"]!.Text));
        var test = Assert.Single(tree["tests"]!.Items);
        Assert.Equal(("Tea", "tea"), (test["description"]!.Text, test["vars"]!["topic"]!.Text));
        // Text that looks like a variable stays text.
        Assert.Equal(("contains", "{{ \"{{\" }}tea}}"), (test["assert"]!.Items[0]["type"]!.Text, test["assert"]!.Items[0]["value"]!.Text));
        Assert.Contains("# - llama3.2:3b: which provider it has is a guess.", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_names_a_file_is_no_file_to_promptfoo() =>
        Assert.Equal("{{ \"file\" }}:///etc/passwd", PromptfooAssertions.Literal("file:///etc/passwd"));

    [Theory]
    [InlineData(AssertionType.Contains, "x", false, "contains", "x")]
    [InlineData(AssertionType.Contains, "x", true, "icontains", "x")]
    [InlineData(AssertionType.NotContains, "x", true, "not-icontains", "x")]
    [InlineData(AssertionType.Regex, "a+", false, "regex", "a+")]
    [InlineData(AssertionType.IsJson, "", false, "is-json", null)]
    [InlineData(AssertionType.JsonSchema, "{\"type\":\"object\"}", false, "is-json", "{\"type\":\"object\"}")]
    [InlineData(AssertionType.WordsAtMost, "12", false, "javascript", "output.trim().split(/\\s+/).filter(Boolean).length <= 12")]
    [InlineData(AssertionType.Judge, "Be kind", false, "llm-rubric", "Be kind")]
    [InlineData(AssertionType.EqualTo, " {a} ", false, "javascript", "output.trim() === \"\\u007ba\\u007d\"")]
    public void Assertions_are_said_in_promptfoos_words(AssertionType type, string value, bool ignoreCase, string expected, string? expectedValue)
    {
        var written = new PromptfooAssertions().Write(new Assertion { Type = type, Value = value, IgnoreCase = ignoreCase })!;
        Assert.Equal((expected, expectedValue), (written["type"]!.Text, written["value"]?.Text));
    }

    [Fact]
    public void What_promptfoo_cannot_ask_is_left_out_and_said()
    {
        var assertions = new PromptfooAssertions();
        Assert.Null(assertions.Write(new Assertion { Type = AssertionType.TokensAtMost, Value = "5" }));
        Assert.Null(assertions.Write(new Assertion { Type = AssertionType.JsonPathEquals, Path = "$..name", Value = "x" }));
        Assert.NotNull(assertions.Write(new Assertion { Type = AssertionType.JsonPathEquals, Path = "$.items[0]['a b']", Value = "x" }));
        Assert.Null(assertions.Write(new Assertion { Type = AssertionType.LatencyAtMost, Value = "soon" }));
        Assert.Equal(3, assertions.Notes.Count);
    }

    private static List<List<string>> Records(string csv)
    {
        using var reader = CsvReader.Create(new StringReader(csv), new CsvReaderOptions { HasHeader = false });
        var records = new List<List<string>>();
        while (reader.Read())
            records.Add([.. Enumerable.Range(0, reader.FieldCount).Select(at => reader.GetString(at))]);
        return records;
    }

    private static ResultDetails Row() => new()
    {
        Id = Guid.NewGuid(), PromptId = Guid.NewGuid(), PromptTitle = "Title", Model = "m", Temperature = 0.5m, VariableValues = """{"topic":"tea"}""",
        ResolvedPrompt = "Write about tea.", Outcome = ResultOutcome.Done, CreatedAt = DateTime.UnixEpoch, Result = "Tea.",
    };

    private static async IAsyncEnumerable<ResultDetails> Stream(IEnumerable<ResultDetails> rows)
    {
        foreach (var row in rows)
        {
            await Task.Yield();
            yield return row;
        }
    }

    private sealed class CountingStream : Stream
    {
        public long Written { get; private set; }

        public int Largest { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Written;

        public override long Position { get => Written; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("The browser's stream takes no synchronous writes.");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            (Written, Largest) = (Written + buffer.Length, Math.Max(Largest, buffer.Length));
            return ValueTask.CompletedTask;
        }
    }
}
