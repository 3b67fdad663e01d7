using Microsoft.JSInterop;

namespace MetaPrompt.Web.Shared;

/// <summary>How a call to the browser ends when its page is closed, reloaded or has lost its connection for good.</summary>
public static class PageGone
{
    /// <summary>
    /// Whether the failure only says that nobody is there any more. A circuit that ends cancels the calls under way before
    /// it says "disconnected" to later ones, so all of these happen, depending on the moment.
    /// </summary>
    public static bool Is(Exception failure) =>
        failure is JSDisconnectedException or OperationCanceledException or ObjectDisposedException;
}
