using System.Diagnostics;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;

namespace MetaPrompt.Web.Features.Wizard;

/// <summary>The template: from the model where there is one, from the rules where there is none or it fails.</summary>
public sealed partial class WizardPage
{
    private static readonly TimeSpan Frame = TimeSpan.FromMilliseconds(100);

    private Work? _writing;
    private string _soFar = "";
    private string _preview = "";
    private string? _before;
    private string _base = "";
    private string? _lastAnswered;
    private string _news = "";

    private int? ContextTokens => models.Default?.ContextTokens;

    // The preview is made by the rules in any case: no model is quick enough to answer each click.
    private void Look()
    {
        (_preview, _before, _lastAnswered, _news) = (_state.Step == WizardStep.Questions ? _state.Preview().Template : "", null, null, "");
    }

    private Task LookAsync()
    {
        _focus = "#so-far";
        return Task.CompletedTask;
    }

    private void StopWriting() => _writing?.Stop();

    private async Task WriteAsync()
    {
        _failure = null;
        _writing?.Abandon();
        var work = _writing = new Work(wizardModel.ModelName!);
        _soFar = "";
        StateHasChanged();
        try
        {
            var composed = await StreamAsync(work);
            if (!work.IsAbandoned)
                _state.Take(composed, work.Model);
        }
        catch (ModelFailure failure) when (!work.IsAbandoned)
        {
            _state.Take(_state.Preview(), null);
            _failure = new Failure($"{failure.Message} This template comes from MetaPrompt's own rules instead.", ComposeAsync, $"Ask {work.Model} again");
        }
        catch (Exception failure) when (failure is ModelFailure or OperationCanceledException)
        {
            if (!work.IsAbandoned && !_gone.IsCancellationRequested)
                _state.Take(_state.Preview(), null);
        }
        finally
        {
            if (_writing == work)
                _writing = null;
            work.Dispose();
        }

        _said = "The template is ready";
        _dirty = true;
        StateHasChanged();
    }

    private async Task<ComposedPrompt> StreamAsync(Work work)
    {
        var drawn = Stopwatch.GetTimestamp();
        await foreach (var progress in wizardModel.ComposeStreamAsync(_caller, _state.Reading, _state.Answers, work.Token(_gone.Token)))
        {
            if (progress.Composed is { } composed)
                return composed;

            _soFar = progress.Template;
            if (work.IsAbandoned || Stopwatch.GetElapsedTime(drawn) < Frame)
                continue;

            drawn = Stopwatch.GetTimestamp();
            StateHasChanged();
        }

        throw new ModelFailure(FailureKind.Nonsense, $"{work.Model} sent no template.");
    }

    /// <summary>Something a model is doing for the page.</summary>
    private sealed class Work(string model) : IDisposable
    {
        private CancellationTokenSource? _stop;
        private bool _stopped;

        public string Model { get; } = model;

        /// <summary>Whether its outcome is of no use any more.</summary>
        public bool IsAbandoned { get; private set; }

        public CancellationToken Token(CancellationToken gone)
        {
            _stop = CancellationTokenSource.CreateLinkedTokenSource(gone);
            return _stop.Token;
        }

        /// <summary>Ends it; the rules take over.</summary>
        public void Stop()
        {
            if (!_stopped)
                _stop?.Cancel();
            _stopped = true;
        }

        /// <summary>Ends it and forgets it.</summary>
        public void Abandon()
        {
            IsAbandoned = true;
            Stop();
        }

        public void Dispose()
        {
            _stopped = true;
            _stop?.Dispose();
        }
    }
}
