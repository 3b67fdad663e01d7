using Bunit;
using MetaPrompt.Data.Monitoring;
using MetaPrompt.Web.Features.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace MetaPrompt.Tests.Monitoring;

/// <summary>A plan as an administrator reads it, over a real database.</summary>
public sealed class PlanViewTests(WatchedDatabase watched) : BunitContext, IClassFixture<WatchedDatabase>
{
    [Fact]
    public void Below_the_call_stands_what_its_functions_do_and_that_it_was_run()
    {
        var view = Open("templates.search");

        Assert.DoesNotContain("Calls public.", view.Markup, StringComparison.Ordinal);
        Assert.Equal("Inside, what took longest first", view.Find("h3").TextContent);
        var inside = view.FindAll(".inside > li");
        Assert.True(inside.Count > 5);
        Assert.Contains(inside, one => one.QuerySelector("summary")!.TextContent.StartsWith("internal.search_gallery(), line ", StringComparison.Ordinal));
        Assert.All(inside, one => Assert.NotEmpty(one.QuerySelectorAll("ol.plan-steps > li")));
        Assert.Contains("it was run once, read-only, with made-up values", view.Find(".aside").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_writes_is_not_run_and_its_call_is_shown_with_the_reason()
    {
        var view = Open("templates.use");

        Assert.Contains("that is seen only by running it, and it may write.", view.Markup, StringComparison.Ordinal);
        Assert.Contains("Calls public.use_template().", view.Markup, StringComparison.Ordinal);
        Assert.Empty(view.FindAll(".inside"));
        Assert.NotEmpty(view.FindAll("ol.plan-steps > li"));
        Assert.Contains("Nothing was run and nobody’s values were used.", view.Find(".aside").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void What_calls_no_function_has_nothing_to_say_of_inside()
    {
        var view = Open("labels.list");

        Assert.Empty(view.FindAll("h3, .inside"));
        Assert.DoesNotContain("functions", view.Markup, StringComparison.Ordinal);
        Assert.Contains("Nothing was run", view.Find(".aside").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_auto_explain_is_missing_the_page_says_how_to_get_it_and_shows_the_call()
    {
        await watched.Database.OwnerAsync("alter function internal.watch_plans() set dynamic_library_path = '/nowhere'");
        try
        {
            var view = Open("templates.search");

            Assert.Contains("this server has no auto_explain.", view.Markup, StringComparison.Ordinal);
            Assert.Contains("postgresql-contrib", view.Markup, StringComparison.Ordinal);
            Assert.Contains("Calls public.search_templates().", view.Markup, StringComparison.Ordinal);
            Assert.NotEmpty(view.FindAll("ol.plan-steps > li"));
            Assert.Contains("Nothing was run", view.Find(".aside").TextContent, StringComparison.Ordinal);
        }
        finally
        {
            await watched.Database.OwnerAsync("alter function internal.watch_plans() reset dynamic_library_path");
        }
    }

    [Fact]
    public void Every_reason_says_what_is_shown_all_the_same()
    {
        foreach (var problem in Enum.GetValues<InsideProblem>())
            Assert.EndsWith(".", PlanWords.Inside(problem), StringComparison.Ordinal);
        Assert.Contains("docs/monitoring.md", PlanWords.Inside(InsideProblem.Denied), StringComparison.Ordinal);
        Assert.Equal("12 ms in 40 calls", PlanWords.Took(new InnerPlan("f()", null, 40, 12, new QueryPlan([], [], "anon"))));
    }

    private IRenderedComponent<PlanView> Open(string name)
    {
        Services.AddSingleton(new PlanQueries(NpgsqlDataSource.Create($"{watched.Database.AppConnectionString};Pooling=false")));
        var view = Render<PlanView>(parameters => parameters.Add(plan => plan.Name, name).Add(plan => plan.Caller, watched.Administrator));
        view.WaitForAssertion(() => Assert.NotEmpty(view.FindAll(".aside")), TimeSpan.FromSeconds(30));
        return view;
    }
}
