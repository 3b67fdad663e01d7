using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MetaPrompt.Data.Tests;

namespace MetaPrompt.Web.Features.History;

/// <summary>Results as CSV and as JSON, written one after the other.</summary>
public static class ResultFiles
{
    // Enough for few writes, little enough to hold.
    private const int Flush = 64 * 1024;

    private static readonly (string Name, Func<ResultDetails, string?> Value)[] Columns =
    [
        ("id", row => row.Id.ToString()),
        ("created_at", row => row.CreatedAt.ToString("O", CultureInfo.InvariantCulture)),
        ("prompt", row => row.PromptTitle),
        ("version", row => Text(row.PromptVersion)),
        ("model", row => row.Model),
        ("model_id", row => row.ModelId),
        ("temperature", row => Text(row.Temperature)),
        ("parameters", row => row.Parameters),
        ("test_case", row => row.CaseName),
        ("values", row => row.VariableValues),
        ("outcome", row => Word(row.Outcome)),
        ("passed", row => Text(row.Passed)),
        ("checks", row => row.Outcomes),
        ("answer", row => row.Result),
        ("error", row => row.Error),
        ("finish_reason", row => row.FinishReason),
        ("input_tokens", row => Text(row.InputTokens)),
        ("output_tokens", row => Text(row.OutputTokens)),
        ("tokens", row => Text(row.TokensUsed)),
        ("first_token_ms", row => Text(row.FirstTokenMs)),
        ("time_ms", row => Text(row.ResponseTimeMs)),
        ("cost_usd", row => Text(row.Cost)),
        ("judge_cost_usd", row => Text(row.JudgeCost)),
        ("attempts", row => Text(row.Attempts)),
        ("starred", row => Text(row.Starred)),
        ("prompt_id", row => row.PromptId.ToString()),
        ("run_id", row => row.RunId?.ToString()),
        ("case_id", row => row.CaseId?.ToString()),
        ("resolved_prompt", row => row.ResolvedPrompt),
    ];

    /// <summary>
    /// CSV as RFC 4180 has it, every cell in quotes. What a spreadsheet would calculate with gets an apostrophe before it; what is
    /// unknown is empty.
    /// </summary>
    public static async Task WriteCsvAsync(Stream stream, IAsyncEnumerable<ResultDetails> rows, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        // With a mark in front, without which spreadsheets take UTF-8 for something else.
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), Flush, leaveOpen: true);
        await writer.WriteAsync(string.Join(',', Columns.Select(column => column.Name)) + "\r\n").ConfigureAwait(false);
        await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            for (var at = 0; at < Columns.Length; at++)
            {
                await writer.WriteAsync(at == 0 ? "\"" : ",\"").ConfigureAwait(false);
                await writer.WriteAsync(Cell(Columns[at].Value(row))).ConfigureAwait(false);
                await writer.WriteAsync('"').ConfigureAwait(false);
            }

            await writer.WriteAsync("\r\n").ConfigureAwait(false);
        }
    }

    /// <summary>A JSON list of objects; what is unknown is null.</summary>
    public static async Task WriteJsonAsync(Stream stream, IAsyncEnumerable<ResultDetails> rows, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rows);
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true });
        json.WriteStartArray();
        await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            Write(json, row);
            if (json.BytesPending > Flush)
                await json.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        json.WriteEndArray();
    }

    /// <summary>A cell without its quotes.</summary>
    internal static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return "";
        // An answer that begins with = or @ would be calculated by whoever opens the file. So would be one behind blanks.
        // What begins with such signs already gets one more: who takes one away has the text.
        var bare = text.AsSpan().TrimStart('\'');
        if (bare.TrimStart() is ['=' or '+' or '-' or '@', ..] || bare is ['\t' or '\r', ..])
            text = "'" + text;
        return text.Replace("\"", "\"\"", StringComparison.Ordinal);
    }

    private static void Write(Utf8JsonWriter json, ResultDetails row)
    {
        json.WriteStartObject();
        json.WriteString("id", row.Id);
        json.WriteString("created_at", row.CreatedAt);
        json.WriteString("prompt_id", row.PromptId);
        json.WriteString("prompt", row.PromptTitle);
        Number(json, "version", row.PromptVersion);
        json.WriteString("model", row.Model);
        json.WriteString("model_id", row.ModelId);
        json.WriteNumber("temperature", row.Temperature);
        Raw(json, "parameters", row.Parameters);
        Id(json, "run_id", row.RunId);
        Id(json, "case_id", row.CaseId);
        json.WriteString("test_case", row.CaseName);
        Raw(json, "values", row.VariableValues);
        json.WriteString("resolved_prompt", row.ResolvedPrompt);
        json.WriteString("outcome", Word(row.Outcome));
        json.WriteString("answer", row.Result);
        json.WriteString("error", row.Error);
        json.WriteString("finish_reason", row.FinishReason);
        Number(json, "input_tokens", row.InputTokens);
        Number(json, "output_tokens", row.OutputTokens);
        Number(json, "tokens", row.TokensUsed);
        Number(json, "first_token_ms", row.FirstTokenMs);
        Number(json, "time_ms", row.ResponseTimeMs);
        Number(json, "cost_usd", row.Cost);
        Number(json, "attempts", row.Attempts);
        if (row.Passed is { } passed)
            json.WriteBoolean("passed", passed);
        else
            json.WriteNull("passed");
        Raw(json, "checks", row.Outcomes);
        Number(json, "judge_cost_usd", row.JudgeCost);
        json.WriteBoolean("starred", row.Starred);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, decimal? number)
    {
        if (number is { } known)
            json.WriteNumber(name, known);
        else
            json.WriteNull(name);
    }

    private static void Id(Utf8JsonWriter json, string name, Guid? id)
    {
        if (id is { } known)
            json.WriteString(name, known);
        else
            json.WriteNull(name);
    }

    private static void Raw(Utf8JsonWriter json, string name, string? value)
    {
        json.WritePropertyName(name);
        if (value is null)
            json.WriteNullValue();
        else
            json.WriteRawValue(value);
    }

    private static string Word(ResultOutcome outcome) => outcome switch { ResultOutcome.Stopped => "stopped", ResultOutcome.Failed => "failed", _ => "done" };

    private static string? Text(IFormattable? value) => value?.ToString(null, CultureInfo.InvariantCulture);

    private static string? Text(bool? value) => value switch { true => "true", false => "false", _ => null };
}
