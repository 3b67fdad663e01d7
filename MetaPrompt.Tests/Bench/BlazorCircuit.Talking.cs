using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using MessagePack;

namespace MetaPrompt.Tests.Bench;

/// <content>What is said over the wire: how a circuit begins, what it sends and what it is answered.</content>
internal sealed partial class BlazorCircuit
{
    private async Task StartAsync(string html, CancellationToken cancellationToken)
    {
        var markers = Marker().Matches(html).Select(match => match.Groups[1].Value)
            .Where(marker => marker.Contains("\"type\":\"server\"", StringComparison.Ordinal)).ToArray();
        if (markers.Length == 0)
            throw new BlazorCircuitException($"{Location.PathAndQuery} is no interactive page.");
        var state = State().Match(html) is { Success: true } kept ? kept.Groups[1].Value : "";

        _wire = await _visitor.ConnectAsync(cancellationToken);
        _reading = Task.Run(ReadAsync, CancellationToken.None);
        _wire.Send("start", "StartCircuit", _visitor.Address.ToString(), Location.ToString(), "[]", state);
        _secret = await _started.Task.WaitAsync(Patience, cancellationToken)
            ?? throw new BlazorCircuitException("The program opened no circuit.");
        _interop = await _attached.Task.WaitAsync(Patience, cancellationToken);
        var operations = string.Join(',', markers.Select((marker, index) => string.Create(CultureInfo.InvariantCulture, $$"""{"type":"add","ssrComponentId":{{index + 1}},"marker":{{marker}}}""")));
        _wire.Send(null, "UpdateRootComponents", $$"""{"batchId":1,"operations":[{{operations}}]}""", state);
        await UntilAsync("opening the page", page => page.Elements.Any(element => element["data-interactive"] == "true"), cancellationToken);
    }

    private async Task ReadAsync()
    {
        try
        {
            var reason = await _wire!.ReadAsync(OnCalled, OnAnswered, _closing.Token);
            Break(reason is null ? "the program hung up" : "the program hung up: " + reason);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            Break(gone.Message);
        }
        catch (Exception wrong) when (wrong is InvalidDataException or ArgumentException or KeyNotFoundException or NullReferenceException or MessagePackSerializationException or JsonException)
        {
            // Not something a program may do: this end did not understand what it was sent.
            Break("what came was not understood: " + wrong);
        }
    }

    private void OnAnswered(string number, ref MessagePackReader rest)
    {
        const int Error = 1, Value = 3;
        if (number != "start")
            return;
        var kind = rest.ReadInt32();
        if (kind == Error)
            Break("it did not start: " + rest.ReadString());
        else
            _started.TrySetResult(kind == Value ? rest.ReadString() : null);
    }

    private void OnCalled(string target, ref MessagePackReader rest)
    {
        rest.ReadArrayHeader();
        switch (target)
        {
            case "JS.RenderBatch":
                var number = rest.ReadInt64();
                Draw(number, rest.ReadBytes()!.Value);
                break;
            case "JS.BeginInvokeJS":
                var call = rest.ReadInt64();
                var function = rest.ReadString()!;
                var arguments = rest.ReadString();
                OnScriptCalled(call, function, arguments, rest.ReadInt32());
                break;
            case "JS.EndInvokeDotNet":
                OnEventEnded(rest.ReadString()!, rest.ReadBoolean(), rest.ReadString());
                break;
            case "JS.AttachComponent":
                lock (_drawing)
                    Page.Attach(rest.ReadInt32());
                break;
            case "JS.EndLocationChanging":
                rest.Skip();
                if (rest.ReadBoolean())
                    _wire!.Send(null, "OnLocationChanged", Location.ToString(), null, false);
                break;
            case "JS.Error":
                Break("the program reports an error: " + rest.ReadString());
                break;
        }
    }

    private void OnEventEnded(string call, bool handled, string? result)
    {
        lock (_drawing)
        {
            if (handled)
            {
                foreach (var waiter in _waiters.Where(waiter => waiter.Call == call))
                    waiter.Call = null;
                Check();
            }
            else if (!SendAgain(call))
            {
                Break("an event was not handled: " + result);
            }
        }
    }

    private void Draw(long number, ReadOnlySequence<byte> bytes)
    {
        lock (_drawing)
        {
            Page.Apply(new BlazorRenderBatch(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray()));
            _wire!.Send(null, "OnRenderCompleted", number, null);
            Check();
        }
    }

    private void OnScriptCalled(long call, string function, string? arguments, int kind)
    {
        // The last few, for whoever asks why nothing comes.
        _scripts.Enqueue(function);
        if (_scripts.Count > 6)
            _scripts.TryDequeue(out var _);
        switch (function)
        {
            case "Blazor._internal.attachWebRendererInterop":
                using (var given = JsonDocument.Parse(arguments!))
                    _attached.TrySetResult(given.RootElement[1].GetProperty("__dotNetObject").GetInt64());
                break;
            case "Blazor._internal.navigationManager.setHasLocationChangingListeners":
                using (var given = JsonDocument.Parse(arguments!))
                    _asksBeforeLeaving = given.RootElement[1].GetBoolean();
                break;
            case "Blazor._internal.navigationManager.navigateTo":
                using (var given = JsonDocument.Parse(arguments!))
                {
                    var to = new Uri(_visitor.Address, given.RootElement[0].GetString()!);
                    Navigated = Stopwatch.GetTimestamp();
                    if (given.RootElement[1].GetProperty("forceLoad").GetBoolean())
                        LeftFor = to;
                    else
                        Navigate(to, intercepted: false);
                }

                break;
        }

        if (call != 0)
            _wire!.Send(null, "EndInvokeJSFromDotNet", call, true, string.Create(CultureInfo.InvariantCulture, $"[{call},true,{BlazorScripts.Answer(function, arguments, kind, call)}]"));
    }

    private void Navigate(Uri to, bool intercepted)
    {
        var from = Location;
        Location = to;
        if (!_asksBeforeLeaving)
            _wire!.Send(null, "OnLocationChanged", to.ToString(), null, intercepted);
        else if (from != to)
            _wire!.Send(null, "OnLocationChanging", 1, to.ToString(), null, intercepted);
    }

    [GeneratedRegex("<!--Blazor:(\\{.*?\\})-->")]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:([a-zA-Z0-9+/=]+)-->")]
    private static partial Regex State();
}
