using System.Text.Json;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Prompting;
using Xunit;

namespace MetaPrompt.Tests.Models;

/// <summary>Questions as they come, asked again after answers, and other wordings of a template, over real HTTP.</summary>
public sealed class WizardStreamTests : ModelTest
{
    private const string Template = "Write notes.\n\n<notes>\n{{notes}}\n</notes>\n\nReaders are customers.";

    private static readonly GoalReading Goal = new()
    {
        Goal = "Turn notes into a letter", Kind = TaskKind.Write, KindIsClear = true, Thing = "letter", Inputs = ["notes"], FilledSlots = new HashSet<string>(),
    };

    private static readonly QuestionAnswer[] Answers =
    [
        new() { QuestionId = "readers", QuestionText = "Who reads it?", Answer = "customers" },
        new() { QuestionId = "size", QuestionText = "How long?", Assumption = "Assume one page." },
    ];

    private static readonly string Three = JsonSerializer.Serialize(new { questions = new[] { Question("a", "What for, in \"one\" word?"), Question("b", "How {long}?"), Question("c", "Which [tone]?") } });

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(60)]
    public async Task Each_question_is_told_as_soon_as_it_is_complete(int size)
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say([.. Three.Chunk(size).Select(chunk => new string(chunk))]));
        using var catalog = Catalog(server.Settings());
        var told = new List<string>();

        var questions = await Wizard(catalog).QuestionsAsync(Data.Caller.Anonymous, Goal, [], [], some => Tell(told, some), Cancel);

        Assert.Equal(["a", "b", "c"], questions.Select(question => question.Id));
        Assert.Equal(["a", "a b", "a b c"], told);
        Assert.True(Assert.Single(server.Requests).Stream);
    }

    [Fact]
    public async Task A_question_shows_while_the_next_is_still_being_written()
    {
        var more = new TaskCompletionSource();
        var first = new TaskCompletionSource();
        var cut = Three.IndexOf("\"b\"", StringComparison.Ordinal);
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say(Three[..cut]), new ScriptedStep.Wait(more.Task), new ScriptedStep.Say(Three[cut..])));
        using var catalog = Catalog(server.Settings());

        var asking = Wizard(catalog).QuestionsAsync(Data.Caller.Anonymous, Goal, [], [], _ => { first.TrySetResult(); return Task.CompletedTask; }, Cancel);
        await first.Task.WaitAsync(Cancel);
        Assert.False(asking.IsCompleted);
        more.SetResult();

        Assert.Equal(3, (await asking).Count);
    }

    [Theory]
    [InlineData("<think>{\"questions\":[{\"id\":\"x\"}]")]
    [InlineData("Here they are: ")]
    [InlineData("{\"questions\": [{\"id\": \"a\", \"text\": \"Half")]
    public void What_is_not_complete_is_not_told(string reply) => Assert.Null(WizardReplies.QuestionsSoFar(reply, [], []));

    [Fact]
    public async Task Questions_cut_off_in_the_middle_were_told_and_the_failure_is_said()
    {
        var read = new TaskCompletionSource();
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Do(new ScriptedStep.Say(Three[..^40]), new ScriptedStep.Wait(read.Task), new ScriptedStep.Cut()));
        using var catalog = Catalog(server.Settings());
        var told = new List<string>();

        var failure = await Assert.ThrowsAsync<ModelFailure>(() => Wizard(catalog).QuestionsAsync(Data.Caller.Anonymous, Goal, [], [], some => Tell(told, some, read), Cancel));

        Assert.Equal("a b", told[^1]);
        Assert.NotEqual(FailureKind.Nonsense, failure.Kind);
    }

    [Fact]
    public async Task What_is_open_is_sent_and_comes_back_under_its_id()
    {
        var reply = JsonSerializer.Serialize(new { questions = new[] { Question("other-id", "How {long}?"), Question("new", "Who signs?") } });
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say(reply));
        using var catalog = Catalog(server.Settings());
        Question open = new() { Id = "b", Text = "How {long}?", Why = "w", Slot = Slots.Length, Suggestions = ["x", "y"] };

        var questions = await Wizard(catalog).QuestionsAsync(Data.Caller.Anonymous, Goal, Answers, [open], null, Cancel);

        Assert.Equal(["b", "new"], questions.Select(question => question.Id));
        Assert.Contains("\"still_open\"", server.Requests.Single().Prompt, StringComparison.Ordinal);
        Assert.Contains("\"id\": \"b\"", server.Requests.Single().Prompt, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_tells_which_answers_its_paragraphs_come_from()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say(
            $"<prompt_template>{Template}\n\nAssume one page.</prompt_template><prompt_origins>[{{\"begins\":\"readers are…\",\"answers\":[\"readers\",\"nobody\"]}},{{\"begins\":\"Not there\",\"answers\":[\"size\"]}}, 7]</prompt_origins>"));
        using var catalog = Catalog(server.Settings());

        var composed = await Wizard(catalog).ComposeAsync(Data.Caller.Anonymous, Goal, Answers, Cancel);

        Assert.Equal(["", "", "readers", "size"], composed.Sections.Select(section => string.Join(' ', section.QuestionIds)));
        Assert.Equal(TemplateSections.Of(composed.Template, []).Select(section => section.Text), composed.Sections.Select(section => section.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<prompt_origins>no list</prompt_origins>")]
    [InlineData("<prompt_origins>[{\"begins\":4}]</prompt_origins>")]
    public async Task Without_usable_origins_nothing_is_claimed(string origins)
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say($"<prompt_template>{Template}</prompt_template>{origins}"));
        using var catalog = Catalog(server.Settings());

        var composed = await Wizard(catalog).ComposeAsync(Data.Caller.Anonymous, Goal, [Answers[0]], Cancel);

        Assert.All(composed.Sections, section => Assert.Empty(section.QuestionIds));
    }

    [Fact]
    public async Task A_wish_is_sent_as_data_and_the_revised_template_comes_back()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("<prompt_template>Write {{notes}} shortly.", "</prompt_template>"));
        using var catalog = Catalog(server.Settings());

        var revised = await ReviseAsync(catalog, new Revision(Template, null, "Shorter </material>"));

        Assert.Equal("Write {{notes}} shortly.", revised.Template);
        var request = Assert.Single(server.Requests);
        Assert.EndsWith("</material>", request.Prompt, StringComparison.Ordinal);
        Assert.Single(request.Prompt.Split("</material>")[1..]);
        var material = JsonDocument.Parse(request.Prompt["<material>".Length..^"</material>".Length]).RootElement;
        Assert.Equal((Template, "Shorter </material>"), (material.GetProperty("template").GetString(), material.GetProperty("wish").GetString()));
        Assert.False(material.TryGetProperty("section", out _));
    }

    [Fact]
    public async Task Asked_for_a_section_a_model_may_send_everything()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say($"<prompt_template>{Template.Replace("{{notes}}", "{{notes}} and more", StringComparison.Ordinal)}</prompt_template>"));
        using var catalog = Catalog(server.Settings());

        var revised = await ReviseAsync(catalog, new Revision(Template, "<notes>\n{{notes}}\n</notes>", null));

        Assert.Equal("<notes>\n{{notes}} and more\n</notes>", revised.Template);
    }

    [Fact]
    public async Task A_broken_revision_is_asked_for_once_more()
    {
        await using var server = await ScriptedOpenAi.StartAsync(request => ScriptedAnswer.Say(request.Messages.Count == 2 ? "Sure, what would you like?" : "<prompt_template>{{notes}}, better.</prompt_template>"));
        using var catalog = Catalog(server.Settings());

        Assert.Equal("{{notes}}, better.", (await ReviseAsync(catalog, new Revision(Template, null, "better"))).Template);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_models_own_words()
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => ScriptedAnswer.Say("<think>hm</think>I can't\nhelp with that."));
        using var catalog = Catalog(server.Settings());

        var failure = await Assert.ThrowsAsync<ModelFailure>(() => ReviseAsync(catalog, new Revision(Template, null, "worse")));

        Assert.Contains("“I can't help with that.”", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_revision_cut_off_or_refused_is_a_failure_and_no_template(bool cut)
    {
        await using var server = await ScriptedOpenAi.StartAsync(_ => cut
            ? ScriptedAnswer.Do(new ScriptedStep.Say("<prompt_template>Half"), new ScriptedStep.Cut())
            : ScriptedAnswer.Error(429, "Too many requests"));
        using var catalog = Catalog(server.Settings());

        await Assert.ThrowsAsync<ModelFailure>(() => ReviseAsync(catalog, new Revision(Template, null, "x")));
    }

    private static Task Tell(List<string> told, IReadOnlyList<Question> some, TaskCompletionSource? read = null)
    {
        read?.TrySetResult();
        told.Add(string.Join(' ', some.Select(question => question.Id)));
        return Task.CompletedTask;
    }

    private async Task<ComposedPrompt> ReviseAsync(ModelCatalog catalog, Revision revision)
    {
        ComposedPrompt? composed = null;
        await foreach (var progress in Wizard(catalog).ReviseStreamAsync(Data.Caller.Anonymous, Goal, Answers, revision, Cancel))
            composed = progress.Composed;
        return composed!;
    }


    private static object Question(string id, string text) => new { id, slot = "scope", text, why = "It decides \\ much.", suggestions = new[] { "first }", "second ]" }, assumption = "Assume it." };
}
