namespace P2PShare.Peer.Tests.Uploads;

/// <summary>GET and HASHES of a file that is being fetched, and what happens when it is finished or abandoned meanwhile.</summary>
public sealed class PartUploadTests : WatchScene
{
    [Fact]
    public async Task GET_of_a_piece_that_has_not_come_is_answered_NOT_SHARED_and_the_conversation_goes_on()
    {
        Have(1, 1);
        Have(4, 4);

        await SendAsync(Get(0) + Get(4) + "GET {id} 2097151 2\n" + Get(1));

        await ExpectAsync("NOT_SHARED\n");
        await ExpectPieceAsync(4);
        await ExpectAsync("NOT_SHARED\n");
        await ExpectPieceAsync(1);
        _part!.Uploads.Bytes.Should().Be(Piece + 5);
        _part.Uploads.CountRequesters(_time).Should().Be(1);
    }

    [Fact]
    public async Task GET_of_a_missing_piece_keeps_the_reserved_slot()
    {
        Have(1, 1);
        await SendAsync("WATCH {id} 1 INTERESTED -\n");
        await ExpectAsync("UNCHOKED 8 1\n");

        await SendAsync(Get(0));
        await ExpectAsync("NOT_SHARED\n");

        // With the reservation, it is served although more others have asked than are served at once.
        foreach (var number in Enumerable.Range(1, 5))
            _ = _slots.ReserveAsync(Other(number));
        await SendAsync(Get(1));
        await ExpectPieceAsync(1);
    }

    [Theory]
    [InlineData("GET {id} 4194309 1")]
    [InlineData("GET {id} 4194304 6")]
    [InlineData("HASHES {id} 4 2")]
    public async Task Command_beyond_the_end_of_a_part_is_answered_ERROR(string command)
    {
        Have(0, 4);

        await SendAsync(command + "\n");

        await ExpectAsync("ERROR ");
    }

    [Fact]
    public async Task HASHES_of_a_part_are_sent_before_any_piece_has_come()
    {
        await SendAsync("HASHES {id} 1 3\n");

        await ExpectAsync("DATA 96\n");
        (await ReadAsync(96)).Should().Equal(_part!.Layer.Hashes.Slice(32, 96).ToArray());
    }

    [Fact]
    public async Task Piece_that_is_suggested_is_one_that_was_not_sent()
    {
        Have(0, 4);
        await SendAsync("WATCH {id} 5 INTERESTED -\n");
        await ExpectAsync("UNCHOKED 8 0 1 2 3 4\n");
        await SendAsync(Get(1));
        await ExpectPieceAsync(1);

        await SendAsync("WATCH {id} 5 INTERESTED -\n");

        await ExpectAsync("UNCHOKED 8 2 3 4 0\n");
    }

    [Fact]
    public async Task Upload_under_way_keeps_an_abandoned_part_open_until_it_ends()
    {
        Have(0, 4);
        await SendAsync(Get(1));
        await ExpectAsync("DATA 1048576\n");

        ClosePart();

        _isPartClosed.Should().BeFalse();
        (await ReadAsync(Piece)).AsSpan().SequenceEqual(Content.AsSpan(Piece, Piece)).Should().BeTrue();
        await SendAsync(Get(2));
        await ExpectAsync("NOT_SHARED\n");
        _isPartClosed.Should().BeTrue();
    }

    [Fact]
    public async Task Upload_under_way_ends_well_when_the_file_is_finished_and_the_log_stays_the_same()
    {
        Have(3, 3);
        await SendAsync("WATCH {id} 0 IDLE -\n" + Get(3));
        await ExpectAsync("HAVE 1 3\nDATA 1048576\n");

        await FinishAsync();

        (await ReadAsync(Piece)).AsSpan().SequenceEqual(Content.AsSpan(3 * Piece, Piece)).Should().BeTrue();
        await SendAsync("WATCH {id} 1 IDLE -\nWATCH {id} 0 IDLE -\n" + Get(4));
        await ExpectAsync("HAVE 5 0-2 4\nHAVE 5 3 0-2 4\n");
        await ExpectPieceAsync(4);
        _isPartClosed.Should().BeTrue();
    }

    [Fact]
    public async Task Part_that_ends_while_it_is_watched_is_told_at_the_next_WATCH()
    {
        await SendAsync("WATCH {id} 0 IDLE -\n");
        await UntilWaitingForAsync(Protocol.Limits.WatchPatience);
        ClosePart();

        await SendAsync("WATCH {id} 0 IDLE -\n");

        await ExpectAsync("HAVE 0\nHAVE_NONE\n");
    }

    [Fact]
    public async Task Bytes_that_cannot_be_read_end_the_connection_and_free_the_slot()
    {
        Have(0, 4);
        await SendAsync("WATCH {id} 5 INTERESTED -\n");
        await ExpectAsync("UNCHOKED 8 0 1 2 3 4\n");
        await using (var file = new FileStream(_owner.Folder.File("part"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(Piece / 2);

        await SendAsync(Get(0));

        await FluentActions.Awaiting(() => ReadAsync(Piece)).Should().ThrowAsync<IOException>();
        var others = new[] { Other(1), Other(2) };
        foreach (var other in others)
            await _slots.ReserveAsync(other).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
