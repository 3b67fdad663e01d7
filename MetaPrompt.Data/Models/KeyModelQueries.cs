using MetaPrompt.Data.Database;

namespace MetaPrompt.Data.Models;

/// <summary>Which models the caller uses with their own keys, and what they cost.</summary>
public sealed class KeyModelQueries(Db db)
{
    /// <summary>The most models of a person.</summary>
    public const int MostModels = 200;

    private const string List =
        """
        -- key_models.list
        select m.key_id, m.name, m.model, m.input_price_per_million, m.output_price_per_million, m.priced_on, m.context_tokens,
          m.max_output_tokens
        from public.key_models m
        where m.user_id = (select auth.uid())
        order by m.created_at, m.name
        """;

    private const string Add =
        """
        -- key_models.add
        insert into public.key_models (key_id, user_id, name, model, input_price_per_million, output_price_per_million, priced_on,
          context_tokens, max_output_tokens)
        values (@KeyId, (select auth.uid()), @Name, @Model, @InputPricePerMillion, @OutputPricePerMillion, @PricedOn::date,
          @ContextTokens, @MaxOutputTokens)
        """;

    private const string Change =
        """
        -- key_models.change
        update public.key_models
        set name = @Name, input_price_per_million = @InputPricePerMillion, output_price_per_million = @OutputPricePerMillion,
          priced_on = @PricedOn::date, context_tokens = @ContextTokens, max_output_tokens = @MaxOutputTokens
        where key_id = @KeyId and model = @Model and user_id = (select auth.uid())
        """;

    private const string Remove =
        """
        -- key_models.remove
        delete from public.key_models where key_id = @KeyId and model = @Model and user_id = (select auth.uid())
        """;

    /// <summary>The caller's models in the order they were chosen.</summary>
    public Task<IReadOnlyList<KeyModel>> ListAsync(Caller caller, CancellationToken cancellationToken) =>
        db.QueryAsync<KeyModel>(caller, List, null, cancellationToken);

    /// <summary>Uses a model from now on.</summary>
    /// <exception cref="Npgsql.PostgresException">
    /// 23505: the key has the model, or another model is called so; 23503: the key is not theirs; 23514: they have 200
    /// already, or a value is out of range.
    /// </exception>
    public Task AddAsync(Caller caller, KeyModel model, CancellationToken cancellationToken) =>
        db.ExecuteAsync(caller, Add, model, cancellationToken);

    /// <summary>Another name, price or limit; the model is found by its key and its provider's name for it. False where there is none.</summary>
    /// <exception cref="Npgsql.PostgresException">23505: another model is called so; 23514: a value is out of range.</exception>
    public async Task<bool> ChangeAsync(Caller caller, KeyModel model, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Change, model, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Uses a model no longer. False where there is none.</summary>
    public async Task<bool> RemoveAsync(Caller caller, Guid keyId, string model, CancellationToken cancellationToken) =>
        await db.ExecuteAsync(caller, Remove, new { KeyId = keyId, Model = model }, cancellationToken).ConfigureAwait(false) > 0;
}
