using System.Net;
using System.Runtime.Versioning;
using MetaPrompt.Tests.Infrastructure;
using Xunit;

namespace MetaPrompt.Tests.Faults;

/// <summary>
/// What happens to the program with its embedded database when one of the two is killed, or the disk is full, while people save:
/// whatever was acknowledged is there afterwards, whole and once. (A run in a killed program: <c>GridRunTests</c>.)
/// </summary>
[SupportedOSPlatform("linux")]
public sealed class EmbeddedFaultTests(EmbeddedProgram program) : IClassFixture<EmbeddedProgram>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_killed_while_people_save_loses_nothing_it_acknowledged()
    {
        var load = await program.LoadAsync();
        await load.MoreAsync(10);
        var server = program.Postmaster;

        await Task.WhenAll(program.Program.KillAsync(), load.Saver.KillAsync());
        await program.Program.StartAsync(Stop);
        load.StartSaver();
        await load.MoreAsync(5);

        Assert.Equal(server, program.Postmaster);
        Assert.InRange(await load.AssertKeptAsync(), 45, int.MaxValue);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_killed_PostgreSQL_comes_back_by_itself_and_has_everything_acknowledged(bool postmaster)
    {
        var load = await program.LoadAsync();
        await load.MoreAsync(5);
        var server = program.Postmaster;

        // One of its sessions takes the others along; the server itself is brought up by the program.
        EmbeddedPlace.Kill(postmaster ? server : program.Sessions[^1]);
        var back = await load.MoreAsync(10);

        TestContext.Current.TestOutputHelper?.WriteLine($"Back after {back.TotalSeconds:N1} s; {load.People.Sum(person => person.Refusals.Count)} requests were refused.");
        Assert.True(program.Program.Runs);
        Assert.Equal(postmaster, server != program.Postmaster);
        Assert.InRange(await load.AssertKeptAsync(), 45, int.MaxValue);
        using var http = new HttpClient { BaseAddress = program.Program.Address };
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("health", UriKind.Relative), Stop)).StatusCode);
    }

    [Fact]
    public async Task A_full_disk_is_told_loses_nothing_and_is_well_again_when_there_is_room()
    {
        Assert.SkipUnless(program.HasDisk, "No small disk could be mounted: this test needs root (or CAP_SYS_ADMIN).");
        var load = await program.LoadAsync();
        await load.MoreAsync(5);
        string? said;
        using (program.FillDisk())
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            limit.CancelAfter(TimeSpan.FromSeconds(60));
            for (said = null; said is null; said = load.People.Select(person => person.Said).FirstOrDefault(text => text.Contains("disk", StringComparison.Ordinal)))
                await Task.Delay(25, limit.Token);

            // Reading goes on.
            using var http = new HttpClient { BaseAddress = program.Program.Address };
            using var page = await http.GetAsync(new Uri($"templates/{program.Templates[0]}", UriKind.Relative), Stop);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        await load.MoreAsync(10);

        Assert.Contains("The disk of the database is full", said, StringComparison.Ordinal);
        Assert.True(program.Program.Runs);
        Assert.InRange(await load.AssertKeptAsync(), 45, int.MaxValue);
    }
}
