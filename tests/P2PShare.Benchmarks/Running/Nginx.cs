using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>nginx with sendfile, serving one folder.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    public const string Name = "nginx";
    private readonly ProgramProcess _process;

    private Nginx(ProgramProcess process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public string UrlOf(string path) => $"http://127.0.0.1:{Port}/{Path.GetFileName(path)}";

    /// <param name="content">The folder that it serves.</param>
    /// <param name="folder">The folder for its own files.</param>
    public static async Task<Nginx> StartAsync(string content, string folder)
    {
        var port = Ports.FindFree();
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off;
            user root;
            worker_processes auto;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { worker_connections 1024; }
            http {
                access_log off;
                sendfile on;
                tcp_nopush on;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                scgi_temp_path {{folder}}/scgi;
                server { listen 127.0.0.1:{{port}}; root {{content}}; }
            }
            """);
        var process = ProgramProcess.Start(Tool.Find(Name)!, ["-c", configuration, "-p", folder, "-e", Path.Combine(folder, "error.log")]);
        await Ports.WaitForAsync(port);
        return new Nginx(process, port);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
