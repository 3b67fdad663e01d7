using System.Diagnostics;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using Xunit;

namespace MetaPrompt.Tests.Faults;

/// <summary>Several who save at once, through the site's forms and through the query classes of another process, and what they were told.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly EmbeddedProgram _program;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<HttpSaver> _people = [];
    private readonly Guid _person;
    private readonly List<SaverProcess> _savers = [];
    private Task _running = Task.CompletedTask;

    private Load(EmbeddedProgram program, Guid person) => (_program, _person) = (program, person);

    /// <summary>The process that saves.</summary>
    public SaverProcess Saver => _savers[^1];

    /// <summary>Those who use the site.</summary>
    public IReadOnlyList<HttpSaver> People => _people;

    /// <summary>How many writes were acknowledged, all together.</summary>
    public int Acknowledged => _savers.Sum(saver => saver.Acknowledged) + _people.Sum(person => person.Acknowledged);

    /// <summary>Begins.</summary>
    public static async Task<Load> StartAsync(EmbeddedProgram program)
    {
        var load = new Load(program, await program.CreateUserAsync());
        load.StartSaver();
        for (var count = 0; count < 2; count++)
        {
            var one = new HttpSaver(program.Program.Address);
            await one.SignUpAsync(program.Templates[0]);
            load._people.Add(one);
        }

        load._running = Task.WhenAll(load._people.Select(one => Task.Run(() => one.RunAsync(program.Templates, load._stop.Token))));
        return load;
    }

    /// <summary>Starts the process that saves, again after it was killed.</summary>
    public void StartSaver() => _savers.Add(SaverProcess.Start(_program.AppConnectionString, _person));

    /// <summary>Waits until so many more writes of each kind of writer were acknowledged. Returns how long it took.</summary>
    public async Task<TimeSpan> MoreAsync(int each)
    {
        var watch = Stopwatch.StartNew();
        var (saver, people) = (Saver.Acknowledged, _people.Select(person => person.Acknowledged).ToArray());
        while (Saver.Acknowledged < saver + each || _people.Zip(people).Any(pair => pair.First.Acknowledged < pair.Second + each))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(60), $"No more is acknowledged: {string.Join(" | ", Saver.Troubles.TakeLast(3))}; {string.Join(", ", _people.SelectMany(person => person.Refusals).TakeLast(3))}");
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        return watch.Elapsed;
    }

    /// <summary>For how long nothing was acknowledged while something is done, at the longest.</summary>
    public async Task<TimeSpan> LongestSilenceAsync(Func<Task> act)
    {
        var (watch, known, since, longest) = (Stopwatch.StartNew(), Acknowledged, TimeSpan.Zero, TimeSpan.Zero);
        var acting = act();
        while (!acting.IsCompleted)
        {
            await Task.WhenAny(acting, Task.Delay(25));
            if (Acknowledged is var now && now != known)
                (known, since) = (now, watch.Elapsed);
            else if (watch.Elapsed - since > longest)
                longest = watch.Elapsed - since;
        }

        await acting;
        return longest;
    }

    /// <summary>Everything that was acknowledged until now is there, whole and once. Returns how many that were.</summary>
    public async Task<int> AssertKeptAsync()
    {
        var known = Acknowledged;
        foreach (var saver in _savers)
        {
            // What was said before the database is asked; they go on meanwhile.
            var (prompts, draft, edited) = (saver.Prompts.ToArray(), saver.Draft, saver.Edited);
            var texts = await _program.ScalarAsync<string[]>(
                "select coalesce(array_agg(id || ' ' || template), '{}') from public.prompts where user_id = @person and id = any(@ids)",
                ("person", _person), ("ids", prompts.Select(prompt => prompt.Key).ToArray()));
            Assert.Equal(
                prompts.ToDictionary(), texts.ToDictionary(text => Guid.Parse(text[..36]), text => SaverProcess.Number(text[37..])));
            if (draft.Number > 0)
                Assert.InRange(SaverProcess.Number(await _program.ScalarAsync<string>("select state from public.prompt_drafts where id = @id", ("id", draft.Id))), draft.Number, int.MaxValue);
            if (edited.Number > 0)
                Assert.InRange(SaverProcess.Number(await _program.ScalarAsync<string>("select template from public.prompts where id = @id", ("id", edited.Id))), edited.Number, int.MaxValue);
            Assert.All(saver.Troubles, trouble => Assert.Contains(trouble.Split(' ')[^1], Enum.GetNames<TroubleKind>()));
        }

        foreach (var person in _people)
        {
            var id = await _program.ScalarAsync<Guid>("select id from public.users where email = @email", ("email", person.Email));
            await EachAsync("public.prompts where user_id = @id and id = any(@ids)", id, [.. person.Prompts]);
            await EachAsync("public.collections where owner_id = @id and id = any(@ids)", id, [.. person.Collections]);
            await EachAsync("public.user_favorites where user_id = @id and template_id = any(@ids)", id, [.. person.Favorites.Keys]);
            Assert.All(person.Refusals, status => Assert.Contains(status, new[] { 0, 503 }));
        }

        return known;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        foreach (var saver in _savers)
            await saver.DisposeAsync();
        _people.ForEach(person => person.Dispose());
        _stop.Dispose();
    }

    private async Task EachAsync(string from, Guid person, Guid[] ids)
    {
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Equal((long)ids.Length, await _program.ScalarAsync<long>($"select count(*) from {from}", ("id", person), ("ids", ids)));
    }
}
