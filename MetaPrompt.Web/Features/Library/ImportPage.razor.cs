using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Web.Prompting.Importing;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Forms;

namespace MetaPrompt.Web.Features.Library;

/// <summary>Prompts out of files of other tools: read, looked at, imported, and taken back where that was a mistake.</summary>
public sealed partial class ImportPage(TransferQueries transfer, ILogger<ImportPage> log)
{
    private const int MaxFiles = ImportState.MaxFiles;

    private readonly CancellationTokenSource _gone = new();
    private ImportState _state = new();
    private ImportDone? _done;
    private Caller _caller;
    private string _pasted = "";
    private bool _pasteOpen;
    private string? _problem;
    private string? _working;
    private string? _said;
    private bool _busy;

    [CascadingParameter]
    private Task<AuthenticationState> Authentication { get; set; } = default!;

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync() => _caller = (await Authentication).User.Caller();

    private Task ChooseAsync(InputFileChangeEventArgs chosen) => WorkAsync("Reading…", async () =>
    {
        if (chosen.FileCount + _state.Sources.Count > MaxFiles)
        {
            _problem = $"These are {chosen.FileCount + _state.Sources.Count} files; at most {MaxFiles} can be imported at once. Choose fewer.";
            return;
        }

        foreach (var file in chosen.GetMultipleFiles(MaxFiles))
        {
            _working = $"Reading {file.Name}…";
            StateHasChanged();
            await AddAsync(file.Name, await ContentAsync(file));
        }

        await MarkAsync();
    });

    private Task PasteAsync() => string.IsNullOrWhiteSpace(_pasted) ? Task.CompletedTask : WorkAsync("Reading…", async () =>
    {
        if (await AddAsync("", System.Text.Encoding.UTF8.GetBytes(_pasted)))
            (_pasted, _pasteOpen) = ("", false);
        else
            _pasteOpen = true;
        await MarkAsync();
    });

    private Task FormatAsync((ImportSource Source, PromptFormat Format) change) => WorkAsync("Reading…", async () =>
    {
        await Task.Run(() => _state.Read(change.Source, change.Format), _gone.Token);
        await MarkAsync();
    });

    private void Remove(ImportSource source)
    {
        _state.Remove(source);
        _said = $"{source.Called} removed";
    }

    // False where there was nothing in it that can be imported.
    private async Task<bool> AddAsync(string name, byte[]? content)
    {
        if (content is null)
        {
            _state.Add(new ImportSource { Name = name, Problem = $"It is larger than {ImportLimits.FileBytes / 1024 / 1024} MB, or could not be sent whole. Choose it again, or a smaller one." });
            return false;
        }

        if (_state.Bytes + content.Length > ImportState.MaxBytes)
        {
            _problem = $"All files together have more than {ImportState.MaxBytes / 1024 / 1024} MB. Import these first, then the others.";
            return false;
        }

        var source = new ImportSource { Name = name, Content = content };
        await Task.Run(() => _state.Read(source, null), _gone.Token);
        _state.Add(source);
        return source.Problem is null;
    }

    private async Task<byte[]?> ContentAsync(IBrowserFile file)
    {
        if (file.Size > ImportLimits.FileBytes)
            return null;
        try
        {
            await using var stream = file.OpenReadStream(ImportLimits.FileBytes, _gone.Token);
            using var content = new MemoryStream((int)file.Size);
            await stream.CopyToAsync(content, _gone.Token);
            return content.ToArray();
        }
        catch (IOException problem)
        {
            log.LogInformation(problem, "A file to import did not arrive whole");
            return null;
        }
    }

    private async Task MarkAsync()
    {
        var rows = _state.Rows;
        _state.Mark(await transfer.PresentAsync(_caller, [.. rows.Select(row => row.Read.Prompt.Template)], _gone.Token));
        _said = _state.Summary;
    }

    private Task ImportAsync() => _state.Selected == 0 ? Task.CompletedTask : WorkAsync("Importing…", async () =>
    {
        var chosen = _state.Rows.Where(row => row.Selected).ToList();
        // Asked for is asked for: it happens also where the page closes at this moment.
        var ids = await transfer.InsertAsync(_caller, [.. chosen.Select(row => Imported.Of(row.Read.Prompt) with { Id = row.Id })], CancellationToken.None);
        chosen.ForEach(row => row.Renew());
        _done = new ImportDone(ids, chosen, _state.Rows.Count - chosen.Count, [.. _state.Sources.Where(source => source.Problem is not null || source.File?.Problems.Count > 0)]);
        _said = $"Imported {Numbers.Of(ids.Count, "prompt", "prompts")}";
    });

    private Task UndoAsync() => _done is not { Undone: null } done ? Task.CompletedTask : WorkAsync("Taking back…", async () =>
    {
        var count = await transfer.UndoAsync(_caller, done.Ids, CancellationToken.None);
        _done = done with { Undone = count };
        _said = $"{Numbers.Of(count, "prompt", "prompts")} taken back";
    });

    private void Again()
    {
        // Taken back is for looking again; what is imported is done with.
        if (_done?.Undone is null)
            _state = new ImportState();
        else
            _state.Forget();
        (_done, _problem, _said) = (null, null, "");
    }

    private async Task WorkAsync(string working, Func<Task> work)
    {
        if (_busy)
            return;
        (_busy, _working, _problem) = (true, working, null);
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            // The page was left.
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "An import met a database that did not take it");
            _problem = $"{Failures.Reason(failure)}. Your choice is still here: try again in a moment. Nothing is done twice.";
        }
        finally
        {
            _busy = false;
        }
    }
}
