using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;
using Npgsql;

namespace MetaPrompt.Web.Features.Testing;

/// <summary>A person's presets. Read once the page is interactive.</summary>
public sealed partial class PresetPicker(PresetQueries queries, ISnackbar snackbar, ILogger<PresetPicker> log)
{
    private const string Taken = "23505";
    private const string TooMany = "54000";

    private readonly CancellationTokenSource _gone = new();
    private IReadOnlyList<Preset>? _presets;
    private Preset? _chosen;
    private string? _naming;
    private string? _problem;
    private bool _renaming;

    /// <summary>Whose they are.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>What is saved.</summary>
    [Parameter, EditorRequired]
    public TestSetup Setup { get; set; } = default!;

    /// <summary>Raised when one is to be filled in.</summary>
    [Parameter]
    public EventCallback<Preset> OnLoad { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }

    /// <inheritdoc/>
    protected override Task OnInitializedAsync() => RendererInfo.IsInteractive ? TryAsync("read", ReadAsync) : Task.CompletedTask;

    private async Task ReadAsync()
    {
        _presets = await queries.AllAsync(Caller, _gone.Token);
        _chosen = _presets.FirstOrDefault(preset => preset.Id == _chosen?.Id);
    }

    private async Task LoadAsync(ChangeEventArgs args)
    {
        _chosen = _presets!.FirstOrDefault(preset => preset.Id.ToString() == args.Value as string);
        if (_chosen is not null)
            await OnLoad.InvokeAsync(_chosen);
    }

    private Task KeyAsync(KeyboardEventArgs args)
    {
        if (args is { Key: "Enter", CtrlKey: false, MetaKey: false })
            return KeepAsync();
        if (args.Key == "Escape")
            _naming = null;
        return Task.CompletedTask;
    }

    private async Task KeepAsync()
    {
        var name = CleanText.Of(_naming).ReplaceLineEndings(" ").Trim();
        if (name.Length == 0)
            return;
        await TryAsync("saved", async () =>
        {
            if (_renaming && _chosen is not null)
            {
                await queries.RenameAsync(Caller, _chosen.Id, name, CancellationToken.None);
            }
            else
            {
                var preset = new Preset { Name = name, Temperatures = [.. Setup.Temperatures], Parameters = Setup.Parameters.ToJson() };
                _chosen = preset with { Id = await queries.SaveAsync(Caller, preset, CancellationToken.None) };
                snackbar.Add($"Saved as “{name}”.", Severity.Normal);
            }

            _naming = null;
            await ReadAsync();
        });
    }

    private Task DeleteAsync() => TryAsync("deleted", async () =>
    {
        var gone = _chosen!;
        await queries.DeleteAsync(Caller, gone.Id, CancellationToken.None);
        _chosen = null;
        await ReadAsync();
        snackbar.Add($"The preset “{gone.Name}” is deleted.", Severity.Normal, options =>
        {
            options.Action = "Undo";
            options.VisibleStateDuration = 12_000;
            options.OnClick = _ => InvokeAsync(() => TryAsync("brought back", async () =>
            {
                await queries.SaveAsync(Caller, gone, CancellationToken.None);
                await ReadAsync();
                StateHasChanged();
            }));
        });
    });

    private async Task TryAsync(string done, Func<Task> act)
    {
        _problem = null;
        try
        {
            await act();
        }
        catch (OperationCanceledException) when (_gone.IsCancellationRequested)
        {
            return;
        }
        catch (PostgresException refused) when (refused.SqlState is Taken or TooMany)
        {
            _problem = refused.SqlState == Taken ? "Another preset is called so. Choose another name." : "There are 100 presets already. Delete one that is not needed.";
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A preset could not be {Done}", done);
            _problem = string.Create(CultureInfo.InvariantCulture, $"Presets could not be {done}: {Failures.Why(failure)}.");
        }
    }
}
