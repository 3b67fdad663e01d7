using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>Which texts are tested. What there is to choose from is read when somebody looks for it.</summary>
public sealed partial class TextPicker(PromptVersionQueries versions, TestTextQueries queries, TimeProvider time, ILogger<TextPicker> log)
{
    private const int Most = 8;
    private const int MostVersions = 100;

    private readonly LatestOnly _loads = new();
    private IReadOnlyList<PromptVersionItem>? _versions;
    private IReadOnlyList<(TestablePrompt Prompt, string Fits)>? _found;
    private string _search = "";
    private bool _failed;

    /// <summary>Whose they are.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>The prompt whose page this is.</summary>
    [Parameter, EditorRequired]
    public Guid PromptId { get; set; }

    /// <summary>Those that are chosen.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<TestedText> Texts { get; set; } = [];

    /// <summary>Raised for one more.</summary>
    [Parameter]
    public EventCallback<TextChoice> OnAdd { get; set; }

    /// <summary>Raised for one less.</summary>
    [Parameter]
    public EventCallback<TextChoice> OnRemove { get; set; }

    /// <inheritdoc/>
    public void Dispose() => _loads.Dispose();

    private Task OpenAsync() => _versions is not null ? Task.CompletedTask : ReadAsync(async token =>
    {
        var page = await versions.PageAsync(Caller, PromptId, null, MostVersions, token);
        if (_loads.IsLatest(token))
            _versions = page;
        await FindAsync();
    });

    private Task FindAsync() => ReadAsync(async token =>
    {
        var found = await queries.OthersAsync(Caller, PromptId, _search, token);
        if (!_loads.IsLatest(token))
            return;
        // Those that ask for the same come first: they can be compared as they are.
        var mine = Texts.Where(text => text.Choice.PromptId == PromptId).SelectMany(text => text.Template.VariableNames).ToHashSet(StringComparer.Ordinal);
        _found = [.. found.Where(prompt => !Texts.Any(text => text.Choice.PromptId == prompt.Id))
            .Select(prompt => (prompt, names: PromptTemplate.Parse(prompt.Template).VariableNames))
            .OrderBy(one => mine.SetEquals(one.names) ? 0 : mine.Overlaps(one.names) ? 1 : 2)
            .Select(one => (one.prompt, Fits(mine, one.names)))];
    });

    private static string Fits(HashSet<string> mine, IReadOnlyList<string> names) =>
        mine.SetEquals(names) ? "the same variables"
        : names.Where(name => !mine.Contains(name)).ToArray() is { Length: > 0 } more ? CleanText.Cut("also wants " + string.Join(", ", more), 80)
        : "fewer variables";

    private Task AddVersionAsync(ChangeEventArgs args) =>
        int.TryParse(args.Value as string, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? AddAsync(new TextChoice(PromptId, number)) : Task.CompletedTask;

    private async Task AddAsync(TextChoice choice)
    {
        await OnAdd.InvokeAsync(choice);
        _found = _found is null ? null : [.. _found.Where(found => found.Prompt.Id != choice.PromptId)];
    }

    private string Words(PromptVersionItem version) => string.Create(
        CultureInfo.InvariantCulture, $"Version {version.Number}, {Numbers.Ago(version.CreatedAt, time.GetUtcNow().UtcDateTime)}{(string.IsNullOrWhiteSpace(version.Note) ? "" : ": " + CleanText.Cut(version.Note, 60))}");

    private async Task ReadAsync(Func<CancellationToken, Task> read)
    {
        var token = _loads.Next();
        _failed = false;
        try
        {
            await read(token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "Texts to test could not be read");
            _failed = true;
        }
    }
}
