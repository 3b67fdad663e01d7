using System.Net;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Features.Monitoring;
using MetaPrompt.Web.Models;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>
/// <c>internal.monitor_run_failures</c> knows a failure by the words in its message. Those are written in C#: whoever changes a sentence
/// there finds out here that administrators would read "Another reason".
/// </summary>
public sealed class RunFailureTests(WatchedDatabase watched) : IClassFixture<WatchedDatabase>
{
    private static readonly ModelSettings Far = new() { Name = "Far", Provider = ModelSettings.OpenAi, Endpoint = "https://api.example.test/v1", Model = "far-1", ApiKey = "k", ContextTokens = 8000 };
    private static readonly ModelSettings Near = Far with { Name = "Near", Endpoint = "http://127.0.0.1:11434/v1", ApiKey = null };
    private static readonly ModelSettings Own = Far with { Name = "Own", KeyId = Guid.NewGuid() };

    // Each sentence that a cell can fail with, by the code that writes it, and what it is counted as.
    private static readonly (string Kind, string Sentence)[] Sentences =
    [
        ("key", Status(Far, 401)), ("key", Status(Near, 403)), ("key", Status(Own, 401)), ("key", Status(Own with { ApiKey = null }, 401)),
        ("key", Status(Far, 400, "Incorrect API key provided")), ("key", FailureWords.Missing("Far", ["far"], "")),
        ("credit", Status(Far, 402)), ("credit", Status(Own, 429, "insufficient_quota")),
        ("rate", Status(Far, 429)), ("rate", Status(Far, 429, wait: TimeSpan.FromSeconds(30))),
        ("provider", Status(Far, 503)), ("provider", Status(Far, 529)), ("provider", Status(Far, 500)), ("provider", Status(Far, 502)),
        ("time", Status(Far, 504)), ("time", Problem(Far, new TimeoutException())), ("time", Problem(Far, new OperationCanceledException())),
        ("time", "Far was still at it after 10 minutes, so it was ended. Ask for a shorter answer, or choose another model."),
        ("time", "Far fell silent for 60 seconds in the middle of its answer, so it was ended. Try again, or choose another model."),
        ("time", "Far did not begin to answer within 2 minutes. Try again (a local model may still be loading), or choose another model."),
        ("broken", FailureWords.BrokenOff(Far, null).Message), ("broken", Problem(Far, new IOException())),
        ("broken", "MetaPrompt is restarting. Run it again in a minute."),
        ("broken", "MetaPrompt was restarted before the answer was complete. Run it again for the whole answer."),
        ("broken", "The database did not answer, so nothing was sent. Run it again."),
        ("long", Status(Far, 413)), ("long", Status(Near with { ContextTokens = null }, 400, "maximum context length is 4096 tokens")),
        ("unreachable", Problem(Far, new HttpRequestException(HttpRequestError.NameResolutionError))), ("unreachable", Problem(Far, new HttpRequestException(HttpRequestError.SecureConnectionError))),
        ("unreachable", Problem(Near, new HttpRequestException(HttpRequestError.ConnectionError))), ("unreachable", Problem(Far, new HttpRequestException(HttpRequestError.ConnectionError))),
        ("unreachable", Status(Far, 302)),
        ("model", Status(Far, 404)), ("model", Status(Near, 404, "model not found")), ("model", FailureWords.Missing("Far", ["Near"], "Choose another model and run the prompt with that.")),
        ("refused", Status(Far, 400)), ("refused", Status(Far, 422, "Something about the request")), ("refused", Status(Far, 400, "temperature must be 1")), ("refused", Status(Far, 418)),
        ("limit", "Your limit for today is $5: $4.99 is spent or set aside, and Far could cost up to $0.10 more."),
        ("limit", "What Far costs is unknown, so your daily limit could not be kept."),
        ("limit", "This site pays a limited amount for each person and day: $1 of yours is spent or set aside."),
        ("limit", "The run was still going after 4 hours, so it was ended. Run what is missing again."),
        ("limit", "Far wrote more than 1,000,000 characters, so it was ended there. Say in the prompt how long the answer may be."),
        ("nonsense", FailureWords.WebPage(Far).Message), ("nonsense", FailureWords.BrokenJson(Far, null).Message), ("nonsense", Problem(Far, new InvalidOperationException())),
        ("nonsense", Problem(Far, new HttpRequestException(HttpRequestError.InvalidResponse))),
        ("nonsense", FailureWords.Empty(Far, "stop").Message), ("nonsense", FailureWords.Empty(Far, "length").Message), ("nonsense", FailureWords.Empty(Far, "content_filter").Message),
    ];

    [Fact]
    public async Task Every_sentence_that_a_cell_fails_with_is_counted_as_what_it_says()
    {
        var stop = TestContext.Current.CancellationToken;
        var person = watched.Person.UserId!.Value;
        var prompt = await watched.Database.CreatePromptAsync(person);
        // Some at a time: the function tells the fifty most frequent.
        foreach (var some in Sentences.Append(("other", "A sentence that nobody has written yet.")).Append(("unknown", "")).Chunk(40))
        {
            var run = Guid.NewGuid();
            await watched.Database.OwnerAsync("delete from public.test_runs");
            await watched.Database.OwnerAsync("insert into public.test_runs (id, user_id, prompt_id) values (@run, @person, @prompt)", ("run", run), ("person", person), ("prompt", prompt));
            await watched.Database.OwnerAsync(
                """
                insert into public.test_cells (run_id, position, user_id, prompt_id, model, temperature, variable_values, resolved_prompt, state, error)
                select @run, s.n - 1, @person, @prompt, 'model ' || s.n, 1, '{}', 'P', 'failed', nullif(s.error, '') from unnest(@errors) with ordinality s (error, n)
                """,
                ("run", run), ("person", person), ("prompt", prompt), ("errors", some.Select(one => one.Item2).ToArray()));

            var told = (await new MonitoringQueries(watched.Database.Db).RunFailuresAsync(watched.Administrator, stop)).ToDictionary(failure => failure.Model, failure => failure.Reason);

            Assert.Equal(
                some.Select(one => $"{one.Item1}: {one.Item2}"),
                some.Select((one, place) => $"{told[$"model {place + 1}"]}: {one.Item2}"));
        }
    }

    [Fact]
    public void Every_kind_has_words_of_its_own() =>
        Assert.DoesNotContain(MonitoringWords.Reason("other"), Sentences.Select(sentence => MonitoringWords.Reason(sentence.Kind)));

    private static string Status(ModelSettings model, int status, string said = "", TimeSpan? wait = null) =>
        FailureWords.ForStatus(model, (HttpStatusCode)status, said, wait, null).Message;

    private static string Problem(ModelSettings model, Exception problem) => FailureWords.ForException(model, problem).Message;
}
