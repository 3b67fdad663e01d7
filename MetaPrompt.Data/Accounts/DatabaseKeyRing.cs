using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;

namespace MetaPrompt.Data.Accounts;

/// <summary>
/// Keeps ASP.NET's key ring in the database, so that all nodes read each other's cookies and a restart signs nobody out.
/// </summary>
/// <remarks>
/// The interface is synchronous, and so are the queries: Npgsql's own synchronous calls, not waits for asynchronous ones.
/// They run at the start and about once a day. Not through <see cref="Database.Db"/>, which has no synchronous half; the
/// login is the same, and the functions are granted to it alone.
/// </remarks>
public sealed class DatabaseKeyRing(NpgsqlDataSource dataSource) : IXmlRepository
{
    private const string AllSql =
        """
        -- KeyRing.All
        select xml from internal.data_protection_key_ring()
        """;

    private const string AddSql =
        """
        -- KeyRing.Add
        select internal.add_data_protection_key($1, $2)
        """;

    /// <inheritdoc/>
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = dataSource.CreateCommand(AllSql);
        using var reader = command.ExecuteReader();
        var elements = new List<XElement>();
        while (reader.Read())
            elements.Add(XElement.Parse(reader.GetString(0)));
        return elements;
    }

    /// <inheritdoc/>
    public void StoreElement(XElement element, string friendlyName)
    {
        using var command = dataSource.CreateCommand(AddSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = friendlyName });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = element.ToString(SaveOptions.DisableFormatting) });
        command.ExecuteNonQuery();
    }
}
