using P2PShare.Testing.Processes;

namespace P2PShare.Benchmarks.Running;

/// <summary>nginx with sendfile, serving one folder, over http or https.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    public const string Name = "nginx";
    private readonly ProgramProcess _process;

    private readonly string _scheme;

    private Nginx(ProgramProcess process, int port, string scheme) => (_process, Port, _scheme) = (process, port, scheme);

    public int Port { get; }

    /// <summary>The process that does the work, where it was started on one core.</summary>
    public int Id => _process.Id;

    public string UrlOf(string path) => $"{_scheme}://127.0.0.1:{Port}/{Path.GetFileName(path)}";

    /// <param name="content">The folder that it serves.</param>
    /// <param name="folder">The folder for its own files.</param>
    /// <param name="certificate">For https; null for http.</param>
    /// <param name="isOnOneCore">One process on one core, instead of a process for each core.</param>
    public static async Task<Nginx> StartAsync(
        string content, string folder, RivalCertificate? certificate = null, bool isOnOneCore = false)
    {
        var port = Ports.FindFree();
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off;
            user root;
            {{(isOnOneCore ? "master_process off;" : "worker_processes auto;")}}
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
                server { listen 127.0.0.1:{{port}}{{(certificate is null ? "" : " ssl")}}; root {{content}}; {{certificate?.NginxLines}} }
            }
            """);
        string[] command =
        [
            .. isOnOneCore ? Tool.OneCorePrefix : [], Tool.Find(Name)!, "-c", configuration, "-p", folder, "-e",
            Path.Combine(folder, "error.log"),
        ];
        var process = ProgramProcess.Start(command[0], command[1..]);
        await Ports.WaitForAsync(port);
        return new Nginx(process, port, certificate is null ? "http" : "https");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
