using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>A collector as OTLP over HTTP has it: keeps what is posted, and reads the metrics and spans in it.</summary>
internal sealed class CollectorServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, string? Key)> _posts = new();
    private readonly ConcurrentQueue<SentSpan> _spans = new();
    private readonly ConcurrentDictionary<(string Name, string Tags), IReadOnlyList<(string Name, string Value)>> _metrics = new();

    private CollectorServer(WebApplication app) => _app = app;

    /// <summary>What <c>Telemetry:OtlpEndpoint</c> takes.</summary>
    public string Address => _app.Urls.First();

    /// <summary>Everything posted so far: where to, with which key.</summary>
    public IReadOnlyCollection<(string Path, string? Key)> Posts => _posts;

    /// <summary>The spans so far.</summary>
    public IReadOnlyCollection<SentSpan> Spans => _spans;

    /// <summary>The metrics so far: each name with each set of tags once.</summary>
    public IEnumerable<(string Name, IReadOnlyList<(string Name, string Value)> Tags)> Metrics => _metrics.Select(metric => (metric.Key.Name, metric.Value));

    public static async Task<CollectorServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new CollectorServer(app);
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            server.Take(context.Request.Path.Value!, context.Request.Headers["x-key"], body.ToArray());
            context.Response.ContentType = "application/x-protobuf";
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private void Take(string path, string? key, byte[] body)
    {
        _posts.Enqueue((path, key));
        if (path == "/v1/traces")
        {
            foreach (var span in ReadSpans(body))
                _spans.Enqueue(span);
        }
        else
        {
            foreach (var (name, tags) in ReadMetrics(body))
                _metrics.TryAdd((name, string.Join(',', tags)), tags);
        }
    }

    private static IEnumerable<SentSpan> ReadSpans(byte[] body) =>
        from resource in Proto.Parts(body, 1)
        from scope in Proto.Parts(resource, 2)
        from span in Proto.Parts(scope, 2)
        select new SentSpan(
            Encoding.UTF8.GetString(Proto.Parts(span, 5).First()),
            [.. Proto.Parts(span, 9).Select(Proto.Tag)],
            [.. Proto.Parts(span, 11).Concat(Proto.Parts(span, 15)).Select(Encoding.UTF8.GetString)]);

    private static IEnumerable<(string Name, IReadOnlyList<(string, string)> Tags)> ReadMetrics(byte[] body) =>
        from resource in Proto.Parts(body, 1)
        from scope in Proto.Parts(resource, 2)
        from metric in Proto.Parts(scope, 2)
        let name = Encoding.UTF8.GetString(Proto.Parts(metric, 1).First())
        // A gauge, a sum and a histogram have their points in 1; a number's tags are in 7, a histogram's in 9.
        from kind in new[] { (Field: 5, Tags: 7), (Field: 7, Tags: 7), (Field: 9, Tags: 9) }
        from data in Proto.Parts(metric, kind.Field)
        from point in Proto.Parts(data, 1)
        select (name, (IReadOnlyList<(string, string)>)[.. Proto.Parts(point, kind.Tags).Select(Proto.Tag)]);

    /// <param name="Name">What it is called.</param>
    /// <param name="Tags">Its attributes.</param>
    /// <param name="Others">Its events and its status, as they are.</param>
    internal sealed record SentSpan(string Name, IReadOnlyList<(string Name, string Value)> Tags, IReadOnlyList<string> Others);

    /// <summary>As much of protobuf's wire format as it takes to walk a message.</summary>
    private static class Proto
    {
        public static IEnumerable<byte[]> Parts(byte[] message, int number)
        {
            for (var at = 0; at < message.Length;)
            {
                var key = Number(message, ref at);
                switch (key & 7)
                {
                    case 0:
                        Number(message, ref at);
                        break;
                    case 1:
                        at += 8;
                        break;
                    case 5:
                        at += 4;
                        break;
                    default:
                        var length = (int)Number(message, ref at);
                        if ((int)(key >> 3) == number)
                            yield return message[at..(at + length)];
                        at += length;
                        break;
                }
            }
        }

        // A KeyValue: its key is 1; its value 2 is a text in 1, or a number in 3, which as a varint begins with 0x18.
        public static (string Name, string Value) Tag(byte[] keyValue)
        {
            var value = Parts(keyValue, 2).First();
            var at = 1;
            var text = Parts(value, 1).Select(Encoding.UTF8.GetString).FirstOrDefault()
                ?? (value is [0x18, ..] ? Number(value, ref at).ToString(CultureInfo.InvariantCulture) : Convert.ToHexString(value));
            return (Encoding.UTF8.GetString(Parts(keyValue, 1).First()), text);
        }

        private static ulong Number(byte[] message, ref int at)
        {
            ulong value = 0;
            for (var shift = 0; ; shift += 7)
            {
                var next = message[at++];
                value |= (ulong)(next & 127) << shift;
                if (next < 128)
                    return value;
            }
        }
    }
}
