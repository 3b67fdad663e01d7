namespace MetaPrompt.Data.Database;

/// <summary>The embedded PostgreSQL could not be made, started or reached; the message says why and what to do.</summary>
public sealed class EmbeddedServerException : Exception
{
    /// <param name="message">What happened and what to do, as sentences.</param>
    /// <param name="inner">What the system said, where it said something.</param>
    public EmbeddedServerException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
