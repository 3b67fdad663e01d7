using System.Globalization;
using MetaPrompt.Data;
using MetaPrompt.Data.Models;
using MetaPrompt.Web.Models;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace MetaPrompt.Web.Features.Models;

/// <summary>Shows a model used with a person's own key, and lets them name and price it.</summary>
public sealed partial class KeyModelRow(OwnKeys keys, ILogger<KeyModelRow> log)
{
    private bool _open;
    private bool _busy;
    private EntryProblem? _problem;
    private string _name = "";
    private string _input = "";
    private string _output = "";
    private string _day = "";
    private string _most = "";
    private string _context = "";

    /// <summary>Whose model it is.</summary>
    [Parameter, EditorRequired]
    public Caller Caller { get; set; }

    /// <summary>The model.</summary>
    [Parameter, EditorRequired]
    public KeyModel Model { get; set; } = default!;

    /// <summary>Whose API its key speaks.</summary>
    [Parameter, EditorRequired]
    public string Provider { get; set; } = "";

    /// <summary>Where its key leads.</summary>
    [Parameter, EditorRequired]
    public string Endpoint { get; set; } = "";

    /// <summary>Whether a model of the site has its name by now.</summary>
    [Parameter]
    public bool Hidden { get; set; }

    /// <summary>Whether the person has a limit: then a model without a price cannot be used.</summary>
    [Parameter]
    public bool Limited { get; set; }

    /// <summary>The day (UTC).</summary>
    [Parameter, EditorRequired]
    public DateOnly Today { get; set; }

    /// <summary>Raised after it was changed.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    /// <summary>Raised to use it no longer.</summary>
    [Parameter]
    public EventCallback<KeyModel> OnRemove { get; set; }

    private ModelAbilities Abilities => ModelAbilities.Of(new ModelSettings
    {
        Name = Model.Name, Provider = Provider, Endpoint = Endpoint, Model = Model.Model, MaxOutputTokens = Model.MaxOutputTokens,
    });

    private string Id(string part) => $"model-{Model.KeyId:N}-{Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(Model.Model))}-{part}";

    private void Toggle()
    {
        (_open, _problem) = (!_open, null);
        (_name, _input, _output) = (Model.Name, ModelWords.Field(Model.InputPricePerMillion), ModelWords.Field(Model.OutputPricePerMillion));
        (_day, _most, _context) = (Day(Model.PricedOn ?? Today), ModelWords.Field(Model.MaxOutputTokens), ModelWords.Field(Model.ContextTokens));
    }

    private async Task SaveAsync()
    {
        (_busy, _problem) = (true, null);
        try
        {
            await keys.ChangeAsync(Caller, Entered(), CancellationToken.None);
            _open = false;
            await OnChanged.InvokeAsync();
        }
        catch (EntryProblem problem)
        {
            _problem = problem;
        }
        catch (Exception failure) when (Failures.IsOfDatabase(failure))
        {
            log.LogWarning(failure, "A model of a person's own could not be changed");
            _problem = new EntryProblem("", $"That could not be saved: {Failures.Why(failure)}. Try again in a moment.");
        }
        finally
        {
            _busy = false;
        }
    }

    private KeyModel Entered()
    {
        var (input, output) = (Price(_input), Price(_output));
        // New prices with the old day are today's: whoever types them looked them up.
        var day = DateOnly.TryParseExact(_day, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var given) && given <= Today ? given : Today;
        if (day == Model.PricedOn && (input, output) != (Model.InputPricePerMillion, Model.OutputPricePerMillion))
            day = Today;
        return Model with
        {
            Name = _name, InputPricePerMillion = input, OutputPricePerMillion = output, PricedOn = input is null ? null : day,
            MaxOutputTokens = Tokens(_most), ContextTokens = Tokens(_context),
        };
    }

    private static string Day(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    private static decimal? Price(string text) =>
        text.Trim().TrimStart('$') is not { Length: > 0 } number ? null
        : decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) ? decimal.Round(price, 6)
        : throw new EntryProblem("Price", "A price is in US dollars for a million tokens, with a point: 0.4 for instance.");

    private static int? Tokens(string text) =>
        text.Trim() is not { Length: > 0 } number ? null
        : int.TryParse(number, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var tokens) ? tokens
        : throw new EntryProblem("Tokens", "A number of tokens is a whole number above 0. Leave it empty where it is unknown.");

    private RenderFragment Field(string part, string label, string value, Action<string> set, string mode = "text") => builder =>
    {
        builder.OpenElement(0, "div");
        builder.AddAttribute(1, "class", "field");
        builder.OpenElement(2, "label");
        builder.AddAttribute(3, "for", Id(part));
        builder.AddContent(4, label);
        builder.CloseElement();
        builder.OpenElement(5, "input");
        builder.AddAttribute(6, "id", Id(part));
        builder.AddAttribute(7, "class", mode == "text" ? "input" : "input numeric");
        builder.AddAttribute(8, "inputmode", mode);
        builder.AddAttribute(9, "autocomplete", "off");
        builder.AddAttribute(10, "maxlength", "50");
        builder.AddAttribute(11, "value", value);
        builder.AddAttribute(12, "aria-invalid", _problem?.Field == part ? "true" : null);
        builder.AddAttribute(13, "oninput", EventCallback.Factory.Create<ChangeEventArgs>(this, args => set(args.Value as string ?? "")));
        builder.CloseElement();
        builder.CloseElement();
    };
}
