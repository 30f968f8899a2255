using System.Net;
using P2PShare.Networking;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol;
using P2PShare.Server;
using P2PShare.Server.Configuration;
using P2PShare.Server.Guards;
using P2PShare.Server.Registry.Tables;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Fuzz.Targets;

/// <summary>
/// The start of a server's connection: bytes before, inside and instead of a TLS handshake, and a session behind it. The keys of a
/// handshake are made anew each time, so that a seed repeats the changes and not the bytes that are changed.
/// </summary>
internal sealed class TlsHandshakeTarget : IFuzzTarget, IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(0.5);

    private static readonly byte[][] Lines = new[]
    {
        "PROTO_VERSION 1.0", "REGISTER yigido", "ANNOUNCE yaz tatili.txt 9001", "LIST_FILES", "REQUEST yaz tatili.txt", "PING",
    }.Select(Mutator.Line).ToArray();

    private readonly ProgramKey _key = ProgramKey.Create();

    public string Name => "TLS handshake";

    public async Task RunCaseAsync(Mutator mutator)
    {
        var hello = await ClientHelloAsync();
        switch (mutator.Random.Next(5))
        {
            case 0:
                await SendAsync(mutator, mutator.ChangeBytes(hello));
                break;
            case 1:
                await SendAsync(mutator, [TlsAcceptor.FirstByte, .. mutator.Conversation(Lines)]);
                break;
            case 2:
                await SendAsync(mutator, [.. mutator.Conversation(Lines), .. hello]);
                break;
            case 3:
                await CorruptAsync(mutator);
                break;
            default:
                await ConverseAsync(mutator);
                break;
        }

        (await AnswerAsync(Lines.SelectMany(line => line).ToArray())).MustSatisfy(
            answers => answers.AsSpan().IndexOf("FOUND 127.0.0.1 9001\n"u8) > 0, "clear text is still served");
    }

    public void Dispose() => _key.Dispose();

    private async Task SendAsync(Mutator mutator, byte[] bytes)
    {
        var time = new ManualTimeProvider();
        using var connection = new ScriptedConnection();
        var serving = ServeAsync(connection.Near, time);
        var exchange = connection.ExchangeAsync(mutator.Slice(bytes));
        await time.AdvanceUntilEndedAsync(Task.WhenAll(serving, exchange), () => Step);
        await serving;
        await exchange;
    }

    // Changes one of the client's writes: its first message, the end of its handshake, or what comes after it.
    private async Task CorruptAsync(Mutator mutator)
    {
        var time = new ManualTimeProvider();
        using var client = new TlsClient(far => new CorruptingStream(far, mutator, mutator.Random.Next(5)));
        var serving = ServeAsync(client.Near, time);
        var exchange = client.ExchangeAsync(mutator.Slice(mutator.Conversation(Lines)));
        await time.AdvanceUntilEndedAsync(Task.WhenAll(serving, exchange), () => Step);
        await serving;
        await exchange;
    }

    // Whatever is said in TLS is answered as in clear text.
    private async Task ConverseAsync(Mutator mutator)
    {
        var conversation = mutator.Conversation(Lines);
        using var client = new TlsClient(far => far);
        var serving = ServeAsync(client.Near, new ManualTimeProvider());
        var answers = await client.ExchangeAsync(mutator.Slice(conversation));
        await serving;
        var clear = conversation is [TlsAcceptor.FirstByte, ..] ? answers : await AnswerAsync(conversation);
        answers.MustSatisfy(bytes => bytes.AsSpan().SequenceEqual(clear), "a session in TLS is answered as one in clear text");
    }

    private async Task<byte[]> AnswerAsync(byte[] conversation)
    {
        using var connection = new ScriptedConnection();
        var serving = ServeAsync(connection.Near, new ManualTimeProvider());
        var answers = await connection.ExchangeAsync([conversation]);
        await serving;
        return answers;
    }

    // As the server does with an accepted connection.
    private async Task ServeAsync(Connection connection, TimeProvider time)
    {
        await using var owned = connection;
        var security = new ConnectionSecurity(new TlsAcceptor(new OpenIdentity(_key), Limits.HandshakeTimeout, time), false, time);
        var services = new SessionServices(new InMemoryFileRegistry(time, ServerBounds.Default), time)
        {
            OptionalFeatures = security.Features,
        };
        try
        {
            await using var secured = await security.AdmitAsync(connection, services.Refusals, Logger.None, CancellationToken.None);
            if (secured is not null)
                await new Session(1, secured, services, Logger.None).RunAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // The connection broke.
        }
    }

    private async Task<byte[]> ClientHelloAsync()
    {
        using var pair = new StreamPair();
        using var stop = new CancellationTokenSource();
        var dialling = new TlsDialer(new OpenIdentity(_key), Limits.HandshakeTimeout, TimeProvider.System).SecureAsync(
            new StreamConnection(pair.Near, new IPEndPoint(IPAddress.Loopback, 12345), pair.Reset), _ => true, stop.Token);
        var hello = new byte[16 * 1024];
        var length = await pair.Far.ReadAsync(hello);
        await stop.CancelAsync();
        try
        {
            await dialling;
        }
        catch (OperationCanceledException)
        {
            // Its first message is all that is wanted.
        }

        return hello[..length];
    }
}
