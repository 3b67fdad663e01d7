using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using MetaPrompt.Web.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>
/// A model's server on a free port of this machine, over real HTTP. What it answers is a function of the request, which
/// a test can change at any time; what it was asked is kept. Nothing in it waits for a time: only for tasks and callers.
/// </summary>
public abstract class ScriptedModelServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<ScriptedRequest> _requests = new();
    private readonly ConcurrentQueue<IReadOnlyDictionary<string, string>> _listings = new();
    private readonly Channel<ScriptedRequest> _arrivals = Channel.CreateUnbounded<ScriptedRequest>();
    private readonly CancellationTokenSource _closing = new();
    private readonly WebApplication _app;

    /// <param name="answer">What is answered.</param>
    protected ScriptedModelServer(Func<ScriptedRequest, ScriptedAnswer> answer)
    {
        Answer = answer;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        _app = builder.Build();
        _app.Run(ServeAsync);
    }

    /// <summary>What is answered to a request; may be replaced between or during requests.</summary>
    public Func<ScriptedRequest, ScriptedAnswer> Answer { get; set; }

    /// <summary>The server's address without a path.</summary>
    public string Address => _app.Urls.Single();

    /// <summary>All requests for answers so far, oldest first.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => [.. _requests];

    /// <summary>The headers of all other requests so far: for lists of models and the like.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Listings => [.. _listings];

    /// <summary>The next request for an answer that no call of this has returned yet.</summary>
    public ValueTask<ScriptedRequest> NextRequestAsync(CancellationToken cancellationToken) => _arrivals.Reader.ReadAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _app.DisposeAsync();
        _closing.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A model as configuration, by full name.</summary>
    protected static IReadOnlyDictionary<string, string?> Configuration(ModelSettings model, int index) => new Dictionary<string, string?>
    {
        [$"Models:{index}:Name"] = model.Name,
        [$"Models:{index}:Provider"] = model.Provider,
        [$"Models:{index}:Endpoint"] = model.Endpoint,
        [$"Models:{index}:Model"] = model.Model,
        [$"Models:{index}:ApiKey"] = model.ApiKey,
    };

    /// <summary>Begins to listen.</summary>
    protected Task ListenAsync() => _app.StartAsync();

    /// <summary>Whether the request asks for an answer, and not for a list or the like.</summary>
    protected abstract bool AsksForAnswer(HttpRequest request);

    /// <summary>Answers what is not a request for an answer: lists of models.</summary>
    protected abstract Task ServeOtherAsync(HttpContext context);

    /// <summary>The whole answer, for a request that did not ask for a stream.</summary>
    protected abstract string Whole(ScriptedRequest request, ScriptedAnswer answer, string text);

    /// <summary>The events before the first text.</summary>
    protected abstract string Opening(ScriptedRequest request, ScriptedAnswer answer);

    /// <summary>The event of one text.</summary>
    protected abstract string Chunk(ScriptedRequest request, string text);

    /// <summary>The events after the last text.</summary>
    protected abstract string Closing(ScriptedRequest request, ScriptedAnswer answer);

    private async Task ServeAsync(HttpContext context)
    {
        if (!AsksForAnswer(context.Request))
        {
            _listings.Enqueue(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
            await ServeOtherAsync(context);
            return;
        }

        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new ScriptedRequest(context.Request.Path, headers, await reader.ReadToEndAsync(context.RequestAborted));
        _requests.Enqueue(request);
        _arrivals.Writer.TryWrite(request);

        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _closing.Token);
        try
        {
            await AnswerAsync(context, request, Answer(request), either.Token);
        }
        catch (OperationCanceledException)
        {
            // The caller has hung up or the test is over: nobody is left to answer.
            if (context.RequestAborted.IsCancellationRequested)
                request.NoteHungUp();
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context, ScriptedRequest request, ScriptedAnswer answer, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
            context.Response.Headers[name] = value;

        if (answer.Body is not null)
        {
            context.Response.ContentType = answer.ContentType;
            await context.Response.WriteAsync(answer.Body, cancellationToken);
            return;
        }

        var whole = new System.Text.StringBuilder();
        if (request.Stream)
            context.Response.ContentType = "text/event-stream; charset=utf-8";

        var opened = !request.Stream;
        foreach (var step in answer.Steps)
        {
            // A server that waits first sends not even its headers.
            if (!opened && step is not ScriptedStep.Wait)
            {
                opened = true;
                await SendAsync(context, Opening(request, answer), cancellationToken);
            }

            switch (step)
            {
                case ScriptedStep.Say say when request.Stream:
                    await SendAsync(context, Chunk(request, say.Text), cancellationToken);
                    break;
                case ScriptedStep.Say say:
                    whole.Append(say.Text);
                    break;
                case ScriptedStep.Raw raw:
                    await SendAsync(context, raw.Characters, cancellationToken);
                    break;
                case ScriptedStep.Wait wait:
                    await wait.Until.WaitAsync(cancellationToken);
                    break;
                case ScriptedStep.Cut:
                    context.Abort();
                    return;
                case ScriptedStep.EndEarly:
                    return;
            }
        }

        if (request.Stream)
        {
            await SendAsync(context, (opened ? "" : Opening(request, answer)) + Closing(request, answer), cancellationToken);
        }
        else
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Whole(request, answer, whole.ToString()), cancellationToken);
        }
    }

    private static async Task SendAsync(HttpContext context, string text, CancellationToken cancellationToken)
    {
        await context.Response.WriteAsync(text, cancellationToken);
        await context.Response.Body.FlushAsync(cancellationToken);
    }
}
