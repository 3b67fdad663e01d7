using System.Net;
using System.Net.Sockets;

namespace MetaPrompt.Web.Shared;

/// <summary>Whom requests are counted by.</summary>
public static class ClientAddress
{
    /// <summary>An IPv4 address; of IPv6 the network (/64), which one household has to itself.</summary>
    public static string Key(IPAddress? address)
    {
        if (address is null)
            return "none";
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }
}
