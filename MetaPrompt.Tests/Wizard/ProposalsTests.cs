using Bunit;
using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Tests.Infrastructure;
using MetaPrompt.Web.Features.Wizard;
using MetaPrompt.Web.Models;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MetaPrompt.Tests.Wizard;

/// <summary>Regenerating by the rules, where there is no model.</summary>
public sealed class ProposalsTests : BunitContext
{
    private readonly WizardState _state = Composed();
    private readonly ModelCatalog _catalog = new([], new ModelLimits(), TimeProvider.System);
    private int _changes;

    [Fact]
    public void Regenerating_what_the_answers_make_already_changes_nothing()
    {
        var tools = Show();

        Button(tools, "Regenerate").Click();

        Assert.Contains("Nothing to change", tools.Markup, StringComparison.Ordinal);
        Assert.Null(_state.Proposal);
    }

    [Fact]
    public void Regenerating_shows_what_the_rules_would_write_and_takes_nothing_by_itself()
    {
        var composed = _state.Template!;
        _state.Edit(composed + "\n\nBy hand.");
        var tools = Show();

        Button(tools, "Regenerate").Click();
        Assert.Equal(composed + "\n\nBy hand.", _state.Template);
        Button(tools, "Accept").Click();
        Button(tools, "Use 1 change").Click();

        Assert.Equal(composed, _state.Template);
        Assert.Equal(1, _changes);
        _state.Undo();
        Assert.Equal(composed + "\n\nBy hand.", _state.Template);
    }

    [Fact]
    public void A_section_changed_by_hand_is_regenerated_alone()
    {
        var composed = _state.Template!;
        var last = _state.Sections[^1].Text;
        _state.Edit(composed.Replace(last, "Rewritten by hand.", StringComparison.Ordinal).Replace("below", "down there", StringComparison.Ordinal));
        var tools = Show();
        Button(tools, "Sections and answers").Click();

        tools.FindAll(".section button")[^1].Click();
        Button(tools, "Accept all").Click();
        tools.Find(".proposal .btn-primary").Click();

        Assert.Equal(composed.Replace("below", "down there", StringComparison.Ordinal), _state.Template);
    }

    [Fact]
    public void Refining_says_that_it_needs_a_model()
    {
        var tools = Show();

        Button(tools, "Refine").Click();

        Assert.Contains("needs a model", tools.Find("#refine").TextContent, StringComparison.Ordinal);
        Assert.Empty(tools.FindAll("#refine form"));
    }

    [Fact]
    public void A_wish_from_a_visitor_is_counted_and_refused_beyond_the_allowance()
    {
        using var used = new ModelAllowance(new ModelLimits { VisitorRequestsPerHour = 1 });
        used.Take(Caller.Anonymous);
        var tools = Show(new ModelCatalog([new ModelSettings { Name = "M", Provider = ModelSettings.OpenAi, Endpoint = "http://127.0.0.1:9/v1", Model = "m", ApiKey = "k" }], new ModelLimits(), TimeProvider.System), used);
        Button(tools, "Refine").Click();

        Button(tools, "Shorter").Click();

        Assert.Contains("Your template is as it was.", tools.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    protected override void Dispose(bool disposing)
    {
        _catalog.Dispose();
        base.Dispose(disposing);
    }

    private static WizardState Composed()
    {
        var state = new WizardState { Goal = "Turn merged pull requests into release notes" };
        state.AskByRules();
        state.Questions[0].Toggle(state.Questions[0].Question.Suggestions[0]);
        state.Take(state.Preview(), null);
        return state;
    }

    private static AngleSharp.Dom.IElement Button(IRenderedComponent<Proposals> tools, string text) => tools.FindAll("button").First(button => button.TextContent.Trim() == text);

    private IRenderedComponent<Proposals> Show(ModelCatalog? catalog = null, ModelAllowance? allowance = null)
    {
        Services.AddSingleton(new WizardModel(
            catalog ?? _catalog, allowance ?? new ModelAllowance(new ModelLimits()), new Budget(new BudgetQueries(null!), new BudgetSettings(), NullLogger<Budget>.Instance), new ModelLimits(), TimeProvider.System));
        JSInterop.Mode = JSRuntimeMode.Loose;
        return Render<Proposals>(parameters => parameters.Add(tools => tools.State, _state).Add(tools => tools.OnChanged, () => _changes++));
    }
}
