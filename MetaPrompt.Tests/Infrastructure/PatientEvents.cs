using AngleSharp.Dom;
using Bunit;

namespace MetaPrompt.Tests;

/// <summary>
/// bUnit's events, waited for. Its own return at once where the renderer is busy on another thread, and what is asserted next
/// has then not happened yet. These are nearer than bUnit's, so every test here uses them. An event whose work goes on (a model
/// that answers slowly) is left to it after a moment, as before.
/// </summary>
internal static class PatientEvents
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    /// <summary>Presses it.</summary>
    public static void Click(this IElement element) => Settle(element.ClickAsync());

    /// <summary>Types into it.</summary>
    public static void Input(this IElement element, string value) => Settle(element.InputAsync(value));

    /// <summary>Leaves it with this value.</summary>
    public static void Change(this IElement element, string value) => Settle(element.ChangeAsync(value));

    /// <summary>Sends the form.</summary>
    public static void Submit(this IElement element) => Settle(element.SubmitAsync());

    private static void Settle(Task handled)
    {
        if (Task.WaitAny([handled], Moment) == 0)
            handled.GetAwaiter().GetResult();
    }
}
