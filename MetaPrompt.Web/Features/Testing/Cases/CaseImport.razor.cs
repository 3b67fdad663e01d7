using MetaPrompt.Data.Tests;
using MetaPrompt.Web.Prompting;
using MetaPrompt.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace MetaPrompt.Web.Features.Testing.Cases;

/// <summary>Cases from pasted cells or a file, looked at before they are added; see the markup.</summary>
public sealed partial class CaseImport
{
    private const int Shown = 5;
    private const long LargestFile = 12 * 1024 * 1024;

    private string _text = "";
    private string? _problem;
    private SheetReading? _read;

    /// <summary>The variables that columns may fill.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<PromptVariable> Variables { get; set; } = [];

    /// <summary>How many more cases there may be.</summary>
    [Parameter]
    public int Room { get; set; } = TestCaseQueries.MostCases;

    /// <summary>The cases are to be added.</summary>
    [Parameter]
    public EventCallback<SheetReading> OnAdd { get; set; }

    /// <summary>Nothing is to be added.</summary>
    [Parameter]
    public EventCallback OnClose { get; set; }

    private string Sample => string.Join('\t', Variables.Take(3).Select(variable => variable.Name).DefaultIfEmpty("name"));

    private void Read(string? text)
    {
        (_text, _problem) = (text ?? "", null);
        _read = string.IsNullOrWhiteSpace(_text) ? null : CaseSheet.Read(_text, Variables);
    }

    private async Task ChooseAsync(InputFileChangeEventArgs chosen)
    {
        if (chosen.File.Size > LargestFile)
        {
            (_read, _problem) = (null, "The file is larger than 12 MB. Take fewer rows at a time.");
            return;
        }

        try
        {
            // What Excel saves may be UTF-16; a byte order mark tells.
            await using var stream = chosen.File.OpenReadStream(LargestFile);
            using var reader = new StreamReader(stream, detectEncodingFromByteOrderMarks: true);
            var text = await reader.ReadToEndAsync();
            Read(text);
            if (_read is { Problem: null } read && text.Contains('\ufffd', StringComparison.Ordinal))
                _read = read with { Notes = [.. read.Notes, "Some letters could not be read. Save the file as “CSV UTF-8” and choose it again."] };
            // A whole file is not sent back to be looked at; the rows below are.
            _text = "";
        }
        catch (IOException)
        {
            (_read, _problem) = (null, "The file could not be sent whole. Choose it again.");
        }
    }

    private Task AddAsync() => _read is { Problem: null } read ? OnAdd.InvokeAsync(read) : Task.CompletedTask;
}
