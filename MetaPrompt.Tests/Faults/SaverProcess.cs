using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Database;
using MetaPrompt.Data.Prompts;
using Npgsql;

namespace MetaPrompt.Tests.Faults;

/// <summary>
/// A program of its own that saves as the pages do: one writer keeps a draft again and again, one edits a prompt, one makes
/// new ones. It says each acknowledgement in a line; what it said has to be found afterwards.
/// </summary>
internal sealed class SaverProcess : IAsyncDisposable
{
    /// <summary>The test program's first argument for this.</summary>
    public const string Verb = "save-again-and-again";

    private readonly Process _process;
    private readonly Task _reading;

    private SaverProcess(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>New prompts it was told are saved: the id, and the number in the text.</summary>
    public ConcurrentDictionary<Guid, int> Prompts { get; } = new();

    /// <summary>The last number that the draft is known to have, and its id.</summary>
    public (Guid Id, int Number) Draft { get; private set; }

    /// <summary>The last number that the edited prompt is known to have, and its id.</summary>
    public (Guid Id, int Number) Edited { get; private set; }

    /// <summary>What was the matter when something was not saved, in the order it happened.</summary>
    public ConcurrentQueue<string> Troubles { get; } = new();

    /// <summary>How many writes were acknowledged.</summary>
    public int Acknowledged => Prompts.Count + Draft.Number + Edited.Number;

    /// <summary>Begins to save in the person's name.</summary>
    public static SaverProcess Start(string connection, Guid person) => new(Process.Start(new ProcessStartInfo
    {
        FileName = Environment.ProcessPath!,
        RedirectStandardOutput = true,
        ArgumentList = { Verb, connection, person.ToString() },
    })!);

    /// <summary>Ends it as a power cut would, and reads what it still said.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    /// <summary>A text that shows whether it is whole.</summary>
    public static string Text(int number) => string.Create(CultureInfo.InvariantCulture, $"{number}:{new string((char)('a' + (number % 26)), 3000)}:{number}");

    /// <summary>The number of a whole text.</summary>
    public static int Number(string text)
    {
        var number = int.Parse(text[..text.IndexOf(':', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
        Xunit.Assert.Equal(Text(number), text);
        return number;
    }

    /// <summary>What the program does, until it is killed.</summary>
    public static async Task<int> RunAsync(string connection, Guid person)
    {
        await using var source = NpgsqlDataSource.Create(DatabaseSettings.ForApp(connection));
        var db = new Db(source);
        var (caller, stop) = (Caller.User(person), CancellationToken.None);
        var prompts = new PromptQueries(db);
        var drafts = new DraftQueries(db);
        NewPrompt New(int number) => new() { Title = "Saved", Goal = "To be found again", Template = Text(number), Variables = "[]" };

        var draft = Guid.NewGuid();
        var revision = 0;
        var edited = await prompts.CreateAsync(caller, New(0), stop);
        var basedOn = (await prompts.FindAsync(caller, edited, stop))!.UpdatedAt;
        await Task.WhenAll(
            ForeverAsync("prompt", async number => (await prompts.CreateAsync(caller, New(number), stop)).ToString()),
            ForeverAsync("draft", async number =>
            {
                if (await drafts.SaveAsync(caller, new NewDraft(draft, "Goal", "Template", Text(number)), revision, stop) is { } next)
                    revision = next;
                else
                    revision = (await drafts.FindAsync(caller, draft, stop))!.Revision; // the answer to an earlier one was lost
                return revision == 0 ? null : draft.ToString();
            }),
            ForeverAsync("edit", async number =>
            {
                var edit = new PromptEdit { Id = edited, Title = "Saved", Goal = "To be found again", Template = Text(number), Variables = "[]", BasedOn = basedOn };
                if (await prompts.UpdateAsync(caller, edit, stop) is { } at)
                {
                    basedOn = at;
                    return edited.ToString();
                }

                basedOn = (await prompts.FindAsync(caller, edited, stop))!.UpdatedAt;
                return null;
            }));
        return 0;
    }

    private static async Task ForeverAsync(string what, Func<int, Task<string?>> saveAsync)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                if (await saveAsync(number) is { } id)
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {id} {number}"));
            }
            catch (NpgsqlException problem)
            {
                Console.WriteLine($"trouble {what} {DatabaseTrouble.Of(problem)?.ToString() ?? problem.ToString().ReplaceLineEndings(" ")}");
                await Task.Delay(50);
            }

            await Task.Delay(25);
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["prompt", var id, var number]:
                    Prompts[Guid.Parse(id)] = int.Parse(number, CultureInfo.InvariantCulture);
                    break;
                case ["draft", var id, var number]:
                    Draft = (Guid.Parse(id), int.Parse(number, CultureInfo.InvariantCulture));
                    break;
                case ["edit", var id, var number]:
                    Edited = (Guid.Parse(id), int.Parse(number, CultureInfo.InvariantCulture));
                    break;
                case ["trouble", ..]:
                    Troubles.Enqueue(line);
                    break;
            }
        }
    }
}
