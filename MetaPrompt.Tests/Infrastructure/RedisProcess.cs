using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MetaPrompt.Tests.Infrastructure;

/// <summary>A Redis of a test's own, in memory, on a free port. script/bootstrap --tests installs the program.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly Process _process;
    private bool _ended;

    private RedisProcess(Process process, int port)
    {
        _process = process;
        Connection = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
    }

    /// <summary>For the setting <c>Redis:Connection</c>.</summary>
    public string Connection { get; }

    /// <summary>Starts one and waits until it answers.</summary>
    public static async Task<RedisProcess> StartAsync(CancellationToken cancellationToken)
    {
        var port = LocalPort.Free();
        var start = new ProcessStartInfo("redis-server")
        {
            RedirectStandardOutput = true,
            WorkingDirectory = Path.GetTempPath(),
            ArgumentList = { "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no" },
        };
        var redis = new RedisProcess(Process.Start(start)!, port);
        _ = redis._process.StandardOutput.ReadToEndAsync(cancellationToken);
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return redis;
            }
            catch (SocketException) when (!redis._process.HasExited)
            {
                await Task.Delay(20, cancellationToken);
            }
        }
    }

    /// <summary>Ends it as an accident would.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_ended)
            return;
        _ended = true;
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
