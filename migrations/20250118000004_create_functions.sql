CREATE OR REPLACE FUNCTION increment_likes_count(template_id UUID)
RETURNS void AS $$
BEGIN
  UPDATE prompt_templates
  SET likes_count = likes_count + 1
  WHERE id = template_id;
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION increment_uses_count(template_id UUID)
RETURNS void AS $$
BEGIN
  UPDATE prompt_templates
  SET uses_count = uses_count + 1
  WHERE id = template_id;
END;
$$ LANGUAGE plpgsql;

CREATE OR REPLACE FUNCTION get_popular_templates(
  limit_count INTEGER DEFAULT 10,
  category_filter VARCHAR DEFAULT NULL
)
RETURNS TABLE (
  id UUID,
  title VARCHAR,
  goal TEXT,
  category VARCHAR,
  likes_count INTEGER,
  uses_count INTEGER
) AS $$
BEGIN
  RETURN QUERY
  SELECT 
    pt.id,
    p.title,
    p.goal,
    pt.category,
    pt.likes_count,
    pt.uses_count
  FROM prompt_templates pt
  JOIN prompts p ON pt.prompt_id = p.id
  WHERE pt.category = COALESCE(category_filter, pt.category)
  ORDER BY pt.likes_count DESC, pt.uses_count DESC
  LIMIT limit_count;
END;
$$ LANGUAGE plpgsql;
