using CsCheck;
using MetaPrompt.Data;
using MetaPrompt.Data.Prompts;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Prompts;

/// <summary>Whatever is saved and restored, in whatever order: the versions tell all of it.</summary>
public sealed class PromptHistoryProperties(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly PromptQueries _prompts = new(database.Db);
    private readonly PromptVersionQueries _versions = new(database.Db);

    // A save with one of a few texts, titles and variables, so that some say what the prompt says anyway; or a restore.
    private static readonly Gen<(int Text, int Title, int Variables, int Restore)[]> Steps =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 1], Gen.Int[0, 1], Gen.Int[0, 6]).Array[1, 12];

    [Fact]
    public async Task Versions_are_dense_and_replay_to_what_the_prompt_says() => await Steps.SampleAsync(async steps =>
    {
        var ct = TestContext.Current.CancellationToken;
        var person = await database.CreateUserAsync();
        var owner = Caller.User(person);
        var id = await database.CreatePromptAsync(person, "Title 0", "A goal", "Text 0", "[]");
        List<(string Title, string Template, string Variables)> said = [("Title 0", "Text 0", "[]")];

        foreach (var step in steps)
        {
            var now = (await _prompts.FindAsync(owner, id, ct))!;
            var old = step.Restore is > 3 and var number && number - 3 <= said.Count ? number - 3 : 0;
            var next = old > 0 ? said[old - 1] : ($"Title {step.Title}", $"Text {step.Text}", step.Variables == 0 ? "[]" : """["name"]""");
            var saved = old > 0
                ? await _versions.RestoreAsync(owner, id, old, now.UpdatedAt, ct)
                : await _prompts.UpdateAsync(owner, new PromptEdit
                {
                    Id = id, Title = next.Item1, Goal = now.Goal, Template = next.Item2, Variables = next.Item3, BasedOn = now.UpdatedAt,
                }, ct);
            Assert.NotNull(saved);
            if (next != said[^1])
                said.Add(next);

            Assert.Null(await _versions.RestoreAsync(owner, id, 1, now.UpdatedAt.AddMinutes(-1), ct));
        }

        Assert.Equal(Enumerable.Range(1, said.Count).Reverse(), await _versions.NumbersAsync(owner, id, ct));
        for (var number = 1; number <= said.Count; number++)
        {
            var version = (await _versions.FindAsync(owner, id, number, ct))!;
            Assert.Equal(said[number - 1], (version.Title, version.Template, version.Variables));
        }

        var end = (await _prompts.FindAsync(owner, id, ct))!;
        Assert.Equal((said[^1], said.Count), ((end.Title, end.Template, end.Variables), end.Version!.Value));
        Assert.Equal(
            (long)said.Select(version => version.Template).Distinct().Count(),
            await database.OwnerScalarAsync<long>("select count(*) from public.prompt_texts where prompt_id = @id", ("id", id)));
    }, iter: 40, threads: 2);
}
